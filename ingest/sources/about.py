"""What a group must know of a source before it uses it; `docs/sources.md` and `python -m ingest plan` show it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class About:
    """Facts of one kind of source, in words for people."""

    title: str  # "PubMed baseline and update files"
    languages: tuple[str, ...]  # ISO 639-1; empty: any
    access: str  # where it is published and how one gets it, with the address
    license: str  # the rule that gives each record its licence
    key: str  # what the canonical key of a record is
    size: str  # what to expect, and as of when; "recalled" where no publisher's page was read
    etiquette: str  # what its publisher asks for besides the fetcher's interval and identification
    format: str  # address of the format's documentation
    tested: str  # on which records, and in which test; "real" where they are the publisher's own
    fetch: str = ""  # kind of the fetcher that brings it, which keeps the publisher's rate
