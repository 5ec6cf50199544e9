"""What Tesseract does not tell of a page's image: the rules of its tables."""

import numpy as np

from shards.kernels import njit

_DARK = 140  # of 255: ink
_SHORTEST = 30.0  # points of a rule
_THICKEST = 4.0  # points: more is a bar or a picture


def find_rules(pixels: np.ndarray, points: float) -> np.ndarray:
    """Rules across and down (x0, y0, x1, y1 in points, y growing upwards) of a grey page; `points` a pixel measures."""
    dark = pixels < _DARK
    least, thickest = max(2, int(_SHORTEST / points)), max(2, int(_THICKEST / points) + 1)
    height = len(pixels) * points
    across = _rules(np.ascontiguousarray(dark), least, thickest) * points
    down = _rules(np.ascontiguousarray(dark.T), least, thickest) * points
    middle = (across[:, 1] + across[:, 3]) / 2
    flat = np.stack([across[:, 0], height - middle, across[:, 2], height - middle], axis=1)
    middle = (down[:, 1] + down[:, 3]) / 2
    upright = np.stack([middle, height - down[:, 2], middle, height - down[:, 0]], axis=1)
    return np.concatenate([flat, upright])


@njit("float64[:,::1](boolean[:,::1], int64, int64)", cache=True)
def _rules(dark, least, thickest):
    """(start, first row, end, last row + 1) of the dark runs of `least` pixels along the rows, those of neighbouring
    rows that overlap as one; groups thicker than `thickest` rows are left out. A gap of two pixels ends no run."""
    found = np.zeros((4096, 4))
    used = 0
    for row in range(dark.shape[0]):
        start, last = -1, -1
        for column in range(dark.shape[1] + 1):
            if column < dark.shape[1] and dark[row, column]:
                if start < 0:
                    start = column
                last = column
            elif start >= 0 and (column == dark.shape[1] or column - last > 2):
                if last + 1 - start >= least:
                    joined = False
                    for at in range(used - 1, max(-1, used - 200), -1):
                        beside = found[at, 3] >= row and found[at, 0] < last + 1 and found[at, 2] > start
                        if beside:
                            found[at, 0], found[at, 2] = min(found[at, 0], start), max(found[at, 2], last + 1)
                            found[at, 3] = row + 1
                            joined = True
                            break
                    if not joined and used < len(found):
                        found[used, 0], found[used, 1] = start, row
                        found[used, 2], found[used, 3] = last + 1, row + 1
                        used += 1
                start = -1
    kept = np.zeros(used, np.bool_)
    for at in range(used):
        kept[at] = found[at, 3] - found[at, 1] <= thickest
    return found[:used][kept].copy()
