"""Language of documents: fastText and hand-written word lists together, windows, mixed documents and their parts.

`step` the score · `windows` what of a text is read · `fasttext` the model file · `evidence` the word lists · `model`
both together · `parts` where a text changes language · `split` a document a language
"""
