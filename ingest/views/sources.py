"""The page of sources: one row a kind, written from what each reader says of itself (`docs/sources.md`)."""

from rich.table import Table

from ingest.fetch.catalogue import FETCHERS
from ingest.recipe.sources import CRAWL
from ingest.sources.about import About
from ingest.sources.catalogue import KINDS

_HEAD = """# Sources

What a recipe can name as `kind`, one row each. This page is written by `python -m ingest sources --markdown` from
what the readers in `ingest/sources/` and the fetchers in `ingest/fetch/` say of themselves. "Recalled" marks what was
checked neither on a page of its publisher nor in public code that uses it; nothing here was fetched from a publisher.
Every fetcher names the recipe's `contact` in its User-Agent, waits its interval between two requests to a host, obeys
Retry-After and goes on where it was stopped. Tests lie in `tests/`; "real" records are the publisher's own, "written"
ones are made after the format's documentation. All kinds are tested with damaged files (`test_sources_damage.py`).

"""
_COLUMNS = (
    "kind", "what", "languages", "access", "fetch, and its rate", "etiquette", "licence of a record", "key",
    "expected size", "format", "tested on",
)  # fmt: skip


def abouts() -> dict[str, About]:
    """What is known of each kind, by name."""
    return dict(sorted({"crawl": CRAWL, **{kind: reader.about for kind, reader in KINDS.items()}}.items()))


def page() -> str:
    """The page as Markdown."""
    rows = [_row(_COLUMNS), _row("---" for _ in _COLUMNS)]
    for kind, about in abouts().items():
        facts = (about.title, ", ".join(about.languages) or "any", about.access, _rate(about), about.etiquette)
        rows.append(_row((f"`{kind}`", *facts, about.license, about.key, about.size, about.format, about.tested)))
    return _HEAD + "".join(rows)


def _rate(about: About) -> str:
    """The fetcher and the seconds it waits between two requests to a host."""
    if not about.fetch:
        return "none: the crawl itself" if about is CRAWL else "by hand"
    interval = FETCHERS[about.fetch].interval
    return f"`{about.fetch}`, one request every {interval:g} s" if interval else f"`{about.fetch}`"


def overview() -> Table:
    """The kinds for a terminal."""
    table = Table(title="kinds of sources", title_justify="left", box=None, pad_edge=False, show_lines=True)
    for name in ("kind", "what, and how it is had", "languages", "licence of a record", "expected size"):
        table.add_column(name, overflow="fold")
    for kind, about in abouts().items():
        what = f"{about.title}\n[dim]{about.access}[/]"
        table.add_row(f"[bold]{kind}[/]", what, ", ".join(about.languages) or "any", about.license, about.size)
    return table


def _row(cells) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"
