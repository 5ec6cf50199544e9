"""Word n-grams as 64-bit hashes, rolled over the hashes of folded words: no string is built.

Folded words (`filters.words`) make the forms of a text equal: case, accents, line breaks, punctuation and the blanks
that tokenisers put around it leave no trace.
"""

from functools import cache

import numba
import numpy as np

from filters.words import Words, hash_words

_BASE = np.uint64(0x9E3779B97F4A7C15)  # of the polynomial over the words of an n-gram

# Words that say nothing about where a sentence comes from: articles, pronouns, prepositions, auxiliaries.
_PLAIN = """
a about after all also am an and any are as at be because been before being between both but by can could did do does
during each for from had has have he her here him his how i if in into is it its may me more most my no nor not of off on
once only or other our out over own s same she should so some such t than that the their them then there these they this
those through to too under until up very was we were what when where which while who whom why will with would you your
au aux avait avec avez avons c ce ces cet cette chez comme d dans de des donc du elle elles en entre est et etait etaient
etant ete etre eu il ils j je l la le les leur leurs lui m mais me meme moins mon n ne nous ont ou par pas plus pour qu que
quel quelle qui sa sans se ses si son sont sous sur tous tout toute tres un une vers vos votre vous y
agli ai al alla alle anche avere c che chi ci come con cui da dagli dai dal dalla dalle degli dei del della delle di dove e
ed era erano essere fra gli ha hanno ho i in io le lo loro ma mi nei nel nella nelle non o per perche piu quale quando
quello questa questo se senza si sia sono stata stato su sui sul sulla suo tra tutti tutto un una uno
al algo ante como con contra cual cuando de del desde donde durante e el ella ellas ellos en entre era eran es esa ese eso
esta estaba estan estas este esto estos fue fueron ha han hasta hay la las le les lo los mas me mi muy ni no nos o os otra
otro para pero por porque que quien se sea ser si sido sin sobre son su sus tambien tanto te todo todos tu u un una y ya
"""


@cache
def plain_words() -> np.ndarray:
    """Hashes of the plain words of English, French, Italian and Spanish, sorted."""
    return np.unique(hash_words(_PLAIN.split()))


def telling_words(words: Words) -> np.ndarray:
    """Whether each word tells something: it has a letter and is no plain word."""
    return words.has_letter & ~np.isin(words.hashes, plain_words())


@numba.njit(cache=True)
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


@numba.njit(cache=True)
def mix(value):
    """SplitMix64's finaliser: spreads any change over all 64 bits (Steele et al. 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@numba.njit(cache=True)
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
