"""Scores beside the documents, and the rules that turn scores into verdicts; and the three changes made to texts.

language, domain, quality, privacy, decontaminate   scores
boilerplate, language.split, privacy.masking        changes of texts, before anything is scored
rules                                               verdicts
words, folding, texts, models                       what filters share
train_domain, log_odds                              commands: a medical classifier, the evidence for the lexicons
"""
