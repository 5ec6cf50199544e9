"""The canonical address of a record, where its stated address has one."""

from ingest.urls import canonical
from shards.errors import InputError


def canonical_or_none(url: str | None) -> str | None:
    """The one spelling of `url`; None when there is no URL, or it is no http(s) address (old data hold such)."""
    if not url:
        return None
    try:
        return canonical(url)
    except InputError:
        return None
