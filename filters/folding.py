"""Words as lexicons compare them: case and accents gone, ligatures spelt out."""

import unicodedata

SPELT = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "ı": "i", "μ": "µ"})


def fold(text: str) -> str:
    """`text` without case, accents and ligatures."""
    if text.isascii():
        return text.lower()
    spelt = unicodedata.normalize("NFKD", text.casefold().translate(SPELT))
    return "".join(char for char in spelt if not unicodedata.combining(char)).translate(SPELT)
