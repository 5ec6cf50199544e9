"""Phrases that give a line away (cookie notices, placeholder text, JavaScript, citations), found in one pass.

All phrases are looked for at once by the automaton of Aho and Corasick (1975) over UTF-8 bytes; A to Z count as a to z.
"""

from functools import cache

import numpy as np

JAVASCRIPT, LOREM_IPSUM, POLICY, NOTICE, CITATION = (1 << bit for bit in range(5))

_PHRASES = {
    JAVASCRIPT: ("javascript",),
    LOREM_IPSUM: ("lorem ipsum",),
    # C4's
    POLICY: ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"),
    # Ours: what notices about cookies, terms and rights say in the four languages
    NOTICE: (
        "cookies", "privacy policy", "privacy notice", "terms of use", "terms and conditions", "all rights reserved",
        "politique de confidentialité", "conditions d'utilisation", "conditions d’utilisation", "tous droits réservés",
        "mentions légales", "informativa sulla privacy", "condizioni d'uso", "condizioni d’uso",
        "tutti i diritti riservati", "política de privacidad", "condiciones de uso", "términos de uso", "aviso legal",
        "todos los derechos reservados",
    ),
    # Ours: what entries of a bibliography say
    CITATION: ("et al", "doi:", "doi.org/", "pmid", "pmcid", "issn", "isbn"),
}  # fmt: skip


@cache
def automaton() -> tuple[np.ndarray, np.ndarray]:
    """(next state by state and byte, int16; kinds of phrases that end in each state, int64). State 0 is the start."""
    step: list[dict[int, int]] = [{}]
    ends = [0]
    for kind, phrases in _PHRASES.items():
        for phrase in phrases:
            state = 0
            for byte in phrase.encode():
                if byte not in step[state]:
                    step[state][byte] = len(step)
                    step.append({})
                    ends.append(0)
                state = step[state][byte]
            ends[state] |= kind
    moves = np.zeros((len(step), 256), np.int16)
    fall = [0] * len(step)
    waiting = list(step[0].values())
    for byte, state in step[0].items():
        moves[0, byte] = state
    for state in waiting:  # in order of depth: what a state falls back to is complete
        moves[state] = moves[fall[state]]
        ends[state] |= ends[fall[state]]
        for byte, follower in step[state].items():
            fall[follower] = int(moves[fall[state], byte])
            moves[state, byte] = follower
            waiting.append(follower)
    moves[:, ord("A") : ord("Z") + 1] = moves[:, ord("a") : ord("z") + 1]
    return moves, np.array(ends, np.int64)
