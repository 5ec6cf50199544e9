"""64-bit hashes in compiled code: FNV-1a over bytes or other units, and what spreads a change over all bits."""

import numpy as np

from shards.kernels import njit

FNV_OFFSET, FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


@njit(cache=True, nogil=True)
def mix(value):
    """SplitMix64's finaliser: spreads any change over all 64 bits (Steele et al. 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def finish(value):
    """The end of an FNV-1a hash, whose high bits change slowly: half of MurmurHash3's finaliser (Appleby 2011)."""
    value = value ^ value >> np.uint64(32)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    return value ^ value >> np.uint64(33)
