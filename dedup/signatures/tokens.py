"""Doses and names among the hashed words of a text: what tells two medicines apart whose leaflets agree.

A dose is a number with its unit; a name is any word that recurs, as "amoxicillin" does in its leaflet and "tablets" in
that of the tablets, whatever its case and language. Each is kept as a *term*: 27 bits of its hash, how often it occurs
in 16 steps, and whether it stands in the head of the text, its first words, where a title is.
"""

import numpy as np

from dedup.signatures.shingles import sorted_distinct
from dedup.signatures.words import NUMBER, words_of
from shards.hashing import mix
from shards.kernels import njit

# Units that make the number before them a dose.
UNITS = (
    *("mg", "g", "kg", "µg", "μg", "mcg", "ug", "ng", "ml", "l", "dl", "cl", "%"),
    *("ui", "iu", "u", "mui", "miu", "mmol", "µmol", "mol", "meq", "mbq", "gbq", "kbq"),
    *("mm", "cm", "h", "hours", "heures", "ore", "horas"),
    *("microgram", "micrograms", "microgramme", "microgrammes", "microgrammo", "microgrammi", "microgramo"),
    *("microgramos", "units", "unités", "unità", "unidades"),
)
# Words that are no names: an edition is dated anew.
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
    *("december", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"),
    *("novembre", "décembre", "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto"),
    *("settembre", "ottobre", "dicembre", "enero", "febrero", "abril", "mayo", "junio", "julio", "septiembre"),
    *("octubre", "noviembre", "diciembre"),
)

HEAD = 16  # words of a text that are its head
TERM_BITS = np.uint32(5)  # below the hash in a term: four of the step, one of the head
_IGNORED = -1  # times of a word that is not told
STEPS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 29, 38, 50, 65, 85], np.int64)  # times that each step begins at


@njit(cache=True, nogil=True)
def doses_of(hashes, marks, count, units):
    """Terms of the number-and-unit pairs, sorted; `units` is sorted. "100 000 IU" is one number."""
    found = np.empty(count, np.uint32)
    filled = 0
    for position in range(count - 1):
        if marks[position] != NUMBER:
            continue
        unit = hashes[position + 1]
        place = np.searchsorted(units, unit)
        if place == len(units) or units[place] != unit:
            continue
        value = hashes[position] * np.uint64(31) + unit
        before = position - 1
        while before >= 0 and marks[before] == NUMBER:
            value = mix(value) + hashes[before]
            before -= 1
        found[filled] = _seen(mix(value), position)
        filled += 1
    return _terms(found[:filled])


@njit(cache=True, nogil=True)
def names_of(hashes, marks, count, dates, most):
    """Terms of the words that occur twice, or in the head, sorted; numbers are none, nor are `dates`.

    Of more than `most` those of the smallest hashes are kept, so that two texts keep the same words where they share
    them.
    """
    slots = 256
    while slots < 2 * (count + len(dates)):
        slots *= 2
    words, times = np.zeros(slots, np.uint64), np.zeros(slots, np.int32)  # by open addressing
    for date in dates:
        slot = _slot(words, date)
        words[slot], times[slot] = date, _IGNORED
    told = np.empty(count, np.int32)  # slots of the distinct words, in the order in which they come
    distinct = in_head = 0
    for position in range(count):
        if marks[position] == NUMBER:
            continue
        slot = _slot(words, hashes[position])
        new = times[slot] == 0  # every second word is: no branch to guess
        words[slot] = hashes[position]
        told[distinct] = slot
        distinct += new
        in_head += new and position < HEAD
        times[slot] += times[slot] >= 0
    found = np.empty(distinct, np.uint32)
    filled = 0
    for at in range(distinct):
        if at < in_head or times[told[at]] > 1:
            found[filled] = _term(words[told[at]], times[told[at]], at < in_head)
            filled += 1
    return sorted_distinct(found[:filled])[:most]


@njit(cache=True, nogil=True)
def _slot(words, word):
    """Where the word is in the table, or would be."""
    mask = len(words) - 1
    slot = np.int64(word & np.uint64(mask))
    while words[slot] != word and words[slot]:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def _seen(value, position):
    """27 bits of a hash, and in the lowest whether this occurrence is not in the head, so that the head sorts first."""
    kept = np.uint32(value >> np.uint64(32)) >> TERM_BITS << TERM_BITS
    return kept | np.uint32(position >= HEAD)


@njit(cache=True, nogil=True)
def _term(value, times, in_head):
    """The term of a hash, how often it occurs, and whether it does so in the head."""
    step = np.uint32(np.searchsorted(STEPS, times, side="right") - 1)
    return np.uint32(value >> np.uint64(32)) >> TERM_BITS << TERM_BITS | step << np.uint32(1) | np.uint32(in_head)


@njit(cache=True, nogil=True)
def _terms(seen):
    """Terms of occurrences."""
    seen.sort()
    distinct = start = 0
    while start < len(seen):
        key = seen[start] >> TERM_BITS
        stop = start + 1
        while stop < len(seen) and seen[stop] >> TERM_BITS == key:
            stop += 1
        value = np.uint64(key << TERM_BITS) << np.uint64(32)
        seen[distinct] = _term(value, stop - start, (seen[start] & np.uint32(1)) == 0)
        distinct += 1
        start = stop
    return seen[:distinct]


def word_hashes(words: tuple[str, ...]) -> np.ndarray:
    """The hashes of words such as `UNITS`, sorted, as `doses_of` and `names_of` want them."""
    hashes, marks = np.empty(4, np.uint64), np.empty(4, np.uint8)
    found = []
    for word in words:
        data = np.frombuffer(word.encode(), np.uint8)
        words_of(data, 0, len(data), hashes, marks)
        found.append(hashes[0])
    return np.unique(np.array(found, np.uint64))
