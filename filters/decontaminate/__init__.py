"""Benchmark decontamination: which documents contain test items, by word n-grams, and a second look by characters.

benchmark   what the recipe names: a folder, a file, an archive or a data set of the Hub, pinned by digest
files       its files and archive members as streams
readers     a format of files becomes items, id and text; iob: files with a token a line
ngrams      hashes of word n-grams
templates   n-grams that a benchmark repeats
index       all n-grams of all items, sorted (`BenchmarkIndex`)
coverage    n-grams found in documents become words covered, of items and of documents
scores      the two-sided measure of each document (`Decontaminate`)
residual    the kept documents again, by exact strings of characters (`Windows`, `Residual`)
report      per benchmark: what was touched, removed and left
"""
