"""Word n-grams as 64-bit hashes, rolled over the hashes of folded words: no string is built.

Folded words (`filters.words`) make the forms of a text equal: case, accents, line breaks, punctuation and the blanks
that tokenisers put around it leave no trace.
"""

from functools import cache

import numpy as np

from filters.words import Words, hash_words
from shards.hashing import mix
from shards.kernels import njit

_BASE = np.uint64(0x9E3779B97F4A7C15)  # of the polynomial over the words of an n-gram

# Words that say nothing about where a sentence comes from: articles, pronouns, prepositions, auxiliaries of English,
# French, Italian and Spanish, folded.
_PLAIN = """
a about after agli ai al algo all alla alle also am an anche and ante any are as at au aux avait avec avere avez avons
be because been before being between both but by c can ce ces cet cette che chez chi ci come comme como con contra
could cual cuando cui d da dagli dai dal dalla dalle dans de degli dei del della delle des desde di did do does donc
donde dove du durante during e each ed el ella ellas elle elles ellos en entre era eran erano es esa ese eso essere
est esta estaba estan estas este esto estos et etaient etait etant ete etre eu for fra from fue fueron gli ha had han
hanno has hasta have hay he her here him his ho how i if il ils in into io is it its j je l la las le les leur leurs
lo loro los lui m ma mais mas may me meme mi moins mon more most muy my n ne nei nel nella nelle ni no non nor nos not
nous o of off on once only ont or os other otra otro ou our out over own par para pas per perche pero piu plus por
porque pour qu quale quando que quel quelle quello questa questo qui quien s sa same sans se sea senza ser ses she
should si sia sido sin so sobre some son sono sont sous stata stato su such sui sul sulla suo sur sus t tambien tanto
te than that the their them then there these they this those through to todo todos too tous tout toute tra tres tu
tutti tutto u un una under une uno until up vers very vos votre vous was we were what when where which while who whom
why will with would y ya you your
"""


@cache
def plain_words() -> np.ndarray:
    """Hashes of the plain words of English, French, Italian and Spanish, sorted."""
    return np.unique(hash_words(_PLAIN.split()))


def telling_words(words: Words) -> np.ndarray:
    """Whether each word tells something: it has a letter and is no plain word."""
    return words.has_letter & ~np.isin(words.hashes, plain_words())


@njit(cache=True)
def roll(hashes: np.ndarray, n: int) -> np.ndarray:
    """Hash of the n-gram that begins at each word, uint64; none for the last n - 1 words."""
    count = max(0, len(hashes) - n + 1)
    rolled = np.empty(count, np.uint64)
    leading = np.uint64(1)
    for _ in range(n - 1):
        leading *= _BASE
    value = np.uint64(0)
    for place in range(len(hashes)):
        if place >= n:
            value -= hashes[place - n] * leading
        value = value * _BASE + hashes[place]
        if place >= n - 1:
            rolled[place - n + 1] = mix(value)
    return rolled


@njit(cache=True)
def tells(hashes: np.ndarray, telling: np.ndarray, n: int) -> np.ndarray:
    """Whether the n-gram that begins at each word has at least two different telling words."""
    count = max(0, len(hashes) - n + 1)
    found = np.zeros(count, np.bool_)
    for place in range(count):
        first = -1
        for at in range(place, place + n):
            if telling[at]:
                if first < 0:
                    first = at
                elif hashes[at] != hashes[first]:
                    found[place] = True
                    break
    return found
