"""The medical score: how density and number of medical terms become one figure between 0 and 1."""

import numpy as np

# A logistic regression of medical against general texts (tests/filters/domain_corpora.py, the half that is not held
# out, classes weighted equally) gives -6.9, 110, 0.8; moved a little towards texts in plain language, which those
# corpora lack. At 0.5, terms of weight 7 need a density of 0.035. Usual densities: case reports and leaflets 0.08 to
# 0.3, patient information 0.04 to 0.15, news 0 to 0.02.
INTERCEPT, PER_DENSITY, PER_LOG_WEIGHT = -5.7, 120.0, 0.7


def medical_score(density: np.ndarray, weighted: np.ndarray) -> np.ndarray:
    """0 to 1: logistic of the density of terms and the logarithm of their summed weights (0 where that is below)."""
    return 1 / (1 + np.exp(-(INTERCEPT + PER_DENSITY * density + PER_LOG_WEIGHT * np.log1p(np.maximum(weighted, 0)))))
