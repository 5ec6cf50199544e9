"""Paragraphs that stand in more than one document: the best document keeps each, it is taken out of the others.

`blocks` what may go, as hashes · `hashes` those of a partition · `match` which document keeps each · `trim` the others
without it · `evidence` what was taken from whom
"""
