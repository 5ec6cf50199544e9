"""Scores beside the documents: language, medical domain, quality; and the rules that turn scores into verdicts."""
