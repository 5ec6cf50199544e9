"""The page of sources: one row a kind, written from what each reader says of itself (`docs/sources.md`)."""

from rich.table import Table

from ingest.recipe_sources import CRAWL
from ingest.sources.about import About
from ingest.sources.catalogue import KINDS

_HEAD = """# Sources

What a recipe can name as `kind`, one row each. This page is written by `python -m ingest sources --markdown` from what
the readers in `ingest/sources/` say of themselves. "Recalled" marks what was not checked at the publisher's own page.

"""
_COLUMNS = ("kind", "what", "languages", "access", "licence of a record", "key", "expected size", "etiquette", "format")


def abouts() -> dict[str, About]:
    """What is known of each kind, by name."""
    return dict(sorted({"crawl": CRAWL, **{kind: reader.about for kind, reader in KINDS.items()}}.items()))


def page() -> str:
    """The page as Markdown."""
    rows = [_row(_COLUMNS), _row("---" for _ in _COLUMNS)]
    for kind, about in abouts().items():
        facts = (about.title, ", ".join(about.languages) or "any", about.access, about.license, about.key, about.size)
        rows.append(_row((f"`{kind}`", *facts, about.etiquette, about.format)))
    return _HEAD + "".join(rows)


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
