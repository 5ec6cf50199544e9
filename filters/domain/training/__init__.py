"""Training a domain model: `python -m filters.train_domain`.

`recipe` and `texts` out of what · `classifier`, by `fasttext`, and its weight beside the lexicons by `logistic` ·
`held_out` its test, by `prevalence` · `card` what it says of itself
"""
