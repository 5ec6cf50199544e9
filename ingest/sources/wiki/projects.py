"""The Wikimedia Foundation's projects by address: whom to name as authors, as their licence asks, and where."""

import re

# Those under CC-BY-SA; Wikinews and Wikidata have other licences.
_PROJECT = re.compile(
    r"https://[a-z-]+\.(?:m\.)?(wikipedia|wiktionary|wikibooks|wikiversity|wikiquote|wikivoyage|wikisource)\.org/"
)


def project_of(url: str | None) -> str | None:
    """The project's name, e.g. "Wikipedia", for an address on it; None for other addresses."""
    found = _PROJECT.match(url or "")
    return found[1].capitalize() if found else None


def authors_of(url: str | None) -> str | None:
    """The authors to name for an article at that address."""
    project = project_of(url)
    return f"{project} contributors" if project else None
