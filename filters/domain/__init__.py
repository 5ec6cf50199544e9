"""How medical a document is: lexicons of terms, and classifiers that a user trained.

`step` the score · `terms` the lexicons · `term_match` terms in whole batches · `score` the formula · `model` a trained
model · `classifier`, `train_fasttext`, `logistic`, `prevalence` how one is made and judged · `training_recipe`,
`training_texts` out of what · `card` what it says of itself
"""
