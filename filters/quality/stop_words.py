"""Stop words of the four languages: the eight of Gopher's rule, and the longer lists of ours, as a table of hashes.

Gopher's eight are English; those of the other languages are as common there. They count as they are spelt, as
datatrove counts them. Ours count in any of three spellings (dosis, Dosis, DOSIS); elided articles are words.
"""

from functools import cache

import numpy as np

from filters.quality.hashes import hash_text, slot_of

LANGUAGES = ("en", "fr", "it", "es")

GOPHER = {
    "en": "the be to of and that have with",
    "fr": "le de et à les des est que",
    "it": "il di e che la per non con",
    "es": "el de y que en los se por",
}

OURS = {
    "en": "the be to of and that have with is in for was this are on as by from at it which or not an can a if may you "
          "your should when has been were no any other these after before than more also during",
    "fr": "le la les de des du et un une que qui dans pour est avec sur par ce il sont au aux ne pas plus ou l' d' à "
          "en vous votre si être a cette ces après avant chez lors se qu' n' s' été sans",
    "it": "il lo la i gli le di del della e un una che per in con non è sono da nel si al come più o l' dell' all' a "
          "ha se dei delle alla nella può essere dopo prima anche tra ad",
    "es": "el la los las de del y un una que en por con para es se no su al como más o son lo entre a si puede ha tras "
          "antes durante sin ser usted muy este esta e u",
}  # fmt: skip


@cache
def stop_table() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """(slots with hashes of all spellings; the word in each slot; whether it is spelt there as Gopher counts it;
    shape (words, 8): whether Gopher's list, then ours, of each of `LANGUAGES` has the word; longest spelling in bytes).
    """
    lists = [set(lists[language].split()) for lists in (GOPHER, OURS) for language in LANGUAGES]
    words = sorted(set().union(*lists))
    members = np.array([[word in one for one in lists] for word in words])
    spellings = {spelling: number for number, word in enumerate(words) for spelling in _spellings(word)}
    keys = np.zeros(4096, np.uint64)
    numbers, exact = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.bool_)
    mask = np.uint64(len(keys) - 1)
    for spelling, number in spellings.items():
        key = np.uint64(hash_text(spelling))
        slot = slot_of(keys, mask, key)
        keys[slot], numbers[slot], exact[slot] = key, number, spelling == words[number]
    return keys, numbers, exact, members, max(len(spelling.encode()) for spelling in spellings)


def _spellings(word: str) -> set[str]:
    cased = {word, word.capitalize(), word.upper()}
    return cased | {spelling.replace("'", "’") for spelling in cased}
