"""The medical score: how density and number of medical terms become one figure between 0 and 1."""

import numpy as np

# Fitted, with the lexicons' weights, to the development half of the domain corpora, both classes weighing the same
# (`python -m bench.tools.domain_weights` prints the figures). At 0.5, terms of weight 7 need a density of 0.037. Usual
# densities: case reports and leaflets 0.08 to 0.3, patient information 0.04 to 0.15, news 0 to 0.02.
INTERCEPT, PER_DENSITY, PER_LOG_WEIGHT = -5.9, 94.0, 1.15


def medical_score(density: np.ndarray, weighted: np.ndarray) -> np.ndarray:
    """0 to 1: logistic of the density of terms and the logarithm of their summed weights (0 where that is below)."""
    return 1 / (1 + np.exp(-(INTERCEPT + PER_DENSITY * density + PER_LOG_WEIGHT * np.log1p(np.maximum(weighted, 0)))))
