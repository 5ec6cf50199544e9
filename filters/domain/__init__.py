"""How medical a document is: lexicons of terms, and classifiers that a user trained.

`step` the score · `terms` the lexicons · `term_match` terms in whole batches · `score` the formula · `model` a trained
model · `training` how one is made and judged
"""
