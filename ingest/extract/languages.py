"""Language codes as sources write them, as ISO 639-1."""

import re

LANGUAGES = {"eng": "en", "fre": "fr", "fra": "fr", "ita": "it", "spa": "es"}  # ISO 639-2, of the corpus
_CODE = re.compile(r"([a-z]{2,3})(?=[-_]|$)")


def language_code(stated: str | None) -> str | None:
    """ISO 639-1 code of a stated tag (`en`, `fr-CA`, `spa`); None for none, and for 639-2 codes not in `LANGUAGES`."""
    match = _CODE.match((stated or "").strip().lower())
    if match is None:
        return None
    return match[1] if len(match[1]) == 2 else LANGUAGES.get(match[1])
