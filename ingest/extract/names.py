"""Names of authors and sites as sources state them, made fit for one column: several authors joined by "; "."""

import re
from collections.abc import Iterable

from ingest.extract.clean import clean_line

MOST_AUTHORS = 30  # of a document; a consortium's paper has thousands, and "et al." stands for the others
LONGEST = 160  # characters of one name, of a person, an organisation or a site; a longer one is prose
_NO_NAME = re.compile(r"(?:https?:)?//|www\.|@(?=\w+[.]\w)|[{}<>\\|]", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_BY = re.compile(r"(?:by|par|por|di|autor(?:e|es|i)?|auteurs?|authors?)\s*:\s*|(?:by|par)\s+(?=[^\W\d_a-z])", re.I)
# What programs, systems and scanners write where a PDF's author belongs.
_PROGRAMS = re.compile(
    r"(?i)microsoft|windows|adobe|acrobat|office|word\b|excel|powerpoint|latex|\btex\b|openoffice|libreoffice|writer|"
    r"indesign|quark|ghostscript|distiller|canon|xerox|ricoh|konica|scanner|hewlett|printer|crystal reports|"
    r"\b(?:user|usuario|utente|utilisateur|admin\w*|owner|guest|root|author|autor|auteur|autore|unknown|anonymous|"
    r"default|test|none|null|pc|desktop|laptop)\b"
)
_WORD_OF_NAME = re.compile(r"[^\W\d_][^\W\d_’'.-]+")


def joined(names: Iterable[str | None]) -> str | None:
    """The distinct names in their order, joined by "; ", at most `MOST_AUTHORS` and then "et al."; None for none.

    Addresses and prose are no names and are passed over; a semicolon parts names as a list of them does.
    """
    found: dict[str, str] = {}
    for value in names:
        for part in (value or "").split(";"):
            name = _BY.sub("", clean_line(part) or "", count=1).strip(" ,")
            if name and len(name) <= LONGEST and _LETTER.search(name) and not _NO_NAME.search(name):
                found.setdefault(name.casefold(), name)
    kept = list(found.values())
    return "; ".join([*kept[:MOST_AUTHORS], *(["et al."] if len(kept) > MOST_AUTHORS else [])]) or None


def site(value: str | None) -> str | None:
    """The name of a site, journal or publisher on one line; None for an address, or what is too long to be a name."""
    name = clean_line(value)
    return name if name and len(name) <= LONGEST and _LETTER.search(name) and not _NO_NAME.search(name) else None


def person_or_body(value: str | None) -> str | None:
    """The author that a PDF's metadata name when they look like people's or organisations' names, else None.

    Word processors fill the field with the login, their own name or that of the machine: a name here has two words or
    more, no digit, and one of them begins with a capital.
    """
    parts = [part.strip() for part in (clean_line(value) or "").split(";")]
    return joined(part for part in parts if _looks_like_name(part))


def _looks_like_name(text: str) -> bool:
    if _PROGRAMS.search(text) or any(char.isdigit() or char in "_/\\" for char in text):
        return False
    words = _WORD_OF_NAME.findall(text)
    return len(text.split()) >= 2 and bool(words) and any(word[0].isupper() for word in words)
