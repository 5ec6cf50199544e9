"""Near duplicates by datasketch: MinHashLSH, each text asked for before it is put in."""

import re
from collections.abc import Callable

from datasketch import MinHash, MinHashLSH

_WORD = re.compile(r"\w+")
PERMUTATIONS = 128  # its default


def word_shingles(size: int) -> Callable[[str], list[bytes]]:
    """Of so many words."""

    def shingles(text: str) -> list[bytes]:
        words = _WORD.findall(text.lower())
        return [" ".join(words[at : at + size]).encode() for at in range(len(words) - size + 1)]

    return shingles


def character_shingles(size: int) -> Callable[[str], list[bytes]]:
    """Of so many characters, of words with single blanks between."""

    def shingles(text: str) -> list[bytes]:
        joined = " ".join(_WORD.findall(text.lower()))
        return [joined[at : at + size].encode() for at in range(len(joined) - size + 1)]

    return shingles


def signed(texts: list[str], shingles: Callable[[str], list[bytes]]) -> list[MinHash]:
    """Signatures of the texts."""
    found = []
    for text in texts:
        signature = MinHash(PERMUTATIONS)
        signature.update_batch(shingles(text))
        found.append(signature)
    return found


def matches(signatures: list[MinHash], threshold: float, verify: bool) -> list[tuple[int, int]]:
    """(earlier, later) of what the index answers; `verify`: only those that the signatures measure at the threshold."""
    index, found = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS), []
    for at, signature in enumerate(signatures):
        answer = sorted(index.query(signature))
        found += [(other, at) for other in answer if not verify or signatures[other].jaccard(signature) >= threshold]
        index.insert(at, signature)
    return found
