"""Logistic regression that starts from what is known: small corpora move it a little, large ones as far as they say."""

import numpy as np

from shards.errors import BuildError

_ROUNDS, _CLOSE = 200, 1e-9


def fit(
    features: np.ndarray, labels: np.ndarray, prior: np.ndarray, spread: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Coefficients of `features` (documents, k; include a column of ones) for `labels` (0 or 1): the MAP estimate.

    The prior is normal around `prior` (k) with standard deviations `spread` (k); `weights` are those of the
    documents. Newton's method with step halving; `BuildError` when it does not settle.
    """
    at = prior.astype(np.float64)
    precision = 1.0 / np.square(spread)

    def loss(coefficients: np.ndarray) -> float:
        z = features @ coefficients
        return float(weights @ (np.logaddexp(0, z) - labels * z) + 0.5 * precision @ np.square(coefficients - prior))

    best = loss(at)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(features @ at, -500, 500)))
        gradient = features.T @ (weights * (chance - labels)) + precision * (at - prior)
        curvature = (features * (weights * chance * (1 - chance))[:, None]).T @ features + np.diag(precision)
        step, size = np.linalg.solve(curvature, gradient), 1.0
        while (now := loss(at - size * step)) > best and size > 1e-8:
            size /= 2
        at, before, best = at - size * step, best, min(now, best)
        if before - best <= _CLOSE * max(1.0, abs(best)):
            return at
    raise BuildError(f"the logistic regression did not settle in {_ROUNDS} rounds; its features are {features.shape}")


def balanced(labels: np.ndarray) -> np.ndarray:
    """Weights that give both classes the same total, and all documents together their number."""
    share = np.where(labels == 1, np.mean(labels), 1 - np.mean(labels))
    return 0.5 / share
