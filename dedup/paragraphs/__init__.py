"""Paragraphs that stand in more than one document: the best document keeps each, it is taken out of the others.

`blocks` what may go, as hashes · `hashes` those of a partition · `match` which document keeps each · `losses` what one
document loses · `trim` documents without it · `evidence`, `views` what was taken from whom
"""
