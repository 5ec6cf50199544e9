"""Philox-4x64-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): four random words of a counter.

No state: word k of example i is a function of (key, i, k), equal to what numpy's `Philox` gives for the same counter.
"""

import numpy as np

from shards.kernels import njit

STREAM = np.uint64(0x5BA9)  # second half of every key
_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


@njit(cache=True, nogil=True)
def high(a, b):
    """The upper 64 bits of the 128-bit product of two uint64."""
    a0, a1, b0, b1 = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    middle = a1 * b0 + (a0 * b0 >> _HALF)
    return a1 * b1 + (middle >> _HALF) + ((a0 * b1 + (middle & _LOW)) >> _HALF)


@njit(cache=True, nogil=True)
def philox(key, c0, c1, c2):
    """Four uint64 of the counter (c0, c1, c2, 0) under the key (key, `STREAM`); all arguments are uint64."""
    k0, k1, c3 = key, STREAM, np.uint64(0)
    for _ in range(10):
        c0, c1, c2, c3 = high(_M1, c2) ^ c1 ^ k0, _M1 * c2, high(_M0, c0) ^ c3 ^ k1, _M0 * c0
        k0, k1 = k0 + _W0, k1 + _W1
    return c0, c1, c2, c3
