"""Which pages of a wiki belong to a subject: by category tree, by banner of a project, by a list of Wikidata items.

Read from the tables that Wikimedia dumps beside the pages. Since MediaWiki 1.44 a category link names its category
through `linktarget` (`cl_target_id`), before by title (`cl_to`), and a template link likewise (`tl_target_id`,
`tl_title`); both forms are read (https://www.mediawiki.org/wiki/Manual:Categorylinks_table, Manual:Linktarget_table,
Manual:Templatelinks_table, Manual:Page_table, Manual:Page_props_table). Unlike the text of the pages, the tables hold
the categories that templates add. Memory grows with the wiki's categories and the pages chosen, not with its pages.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ingest.sources.wiki.sql_dump import columns_of, read_rows
from shards.errors import InputError

TABLES = ("page", "categorylinks", "linktarget", "templatelinks", "page_props")
_ARTICLES, _TALK, _TEMPLATES, _CATEGORIES = 0, 1, 10, 14
_PREFIXES = {
    _CATEGORIES: ("category", "catégorie", "categoria", "categoría"),
    _TEMPLATES: ("template", "modèle", "plantilla"),
}


@dataclasses.dataclass(frozen=True)
class Choice:
    """What is asked for; a page that any of the three ways finds is chosen.

    `categories`: roots, with or without the namespace; their subcategories count down to `depth` (0: the roots alone),
    except those in `without` and what hangs on them alone. `projects`: templates; a page that shows one, or whose talk
    page does, is chosen. `items`: Wikidata items (Q-numbers).
    """

    categories: tuple[str, ...] = ()
    depth: int = 4
    without: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    def needs(self) -> tuple[str, ...]:
        """The tables that it is answered from (`linktarget` only where the links are normalised)."""
        ways = (
            (self.categories, "categorylinks"),
            (self.projects, "templatelinks"),
            (self.items, "page_props"),
        )
        return ("page", *(table for wanted, table in ways if wanted))


def find_tables(folder: Path) -> dict[str, Path]:
    """The dumps of tables in a folder (`...-page.sql.gz`), by the table's name; raises `InputError` for two of one."""
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.sql*")):
        stem = path.name.split(".sql")[0]
        table = next((name for name in TABLES if stem == name or stem.endswith(f"-{name}")), None)
        if table is None or path.suffix not in (".sql", ".gz", ".bz2", ".zst"):
            continue
        if table in found:
            raise InputError(
                f"{found[table]} and {path.name} are both the table {table}: keep those of one wiki and day"
            )
        found[table] = path
    return found


def chosen_pages(tables: dict[str, Path], choice: Choice) -> np.ndarray:
    """Ids of the articles (namespace 0), sorted, int64; raises `InputError` for missing tables and unknown roots."""
    if missing := [name for name in choice.needs() if name not in tables]:
        raise InputError(f"the tables {', '.join(missing)} are missing beside the dump: fetch WIKI-DATE-TABLE.sql.gz")
    members: set[int] = set()
    if choice.categories:
        members |= _in_categories(tables, choice)
    if choice.projects:
        members |= _with_templates(tables, choice.projects)
    if choice.items:
        wanted = {item.strip().upper().encode() for item in choice.items}
        rows = read_rows(tables["page_props"], ("pp_page", "pp_propname", "pp_value"))
        members |= {page for page, name, value in rows if name == b"wikibase_item" and value in wanted}
    return np.array(sorted(_articles(tables["page"], members)), np.int64)


def walk_down(
    children: dict[bytes, list[bytes]], roots: Sequence[bytes], depth: int, without: frozenset[bytes]
) -> set[bytes]:
    """Categories within `depth` steps of a root, breadth first, so that each is met at its least depth; cycles end."""
    seen = {root for root in roots if root not in without}
    level = sorted(seen)
    for _ in range(depth):
        below = {child for parent in level for child in children.get(parent, ())} - seen - without
        if not below:
            break
        seen |= below
        level = sorted(below)
    return seen


def title_key(name: str, namespace: int) -> bytes:
    """A title as the tables have it: no namespace, underscores, first letter upper."""
    prefix, colon, rest = name.strip().partition(":")
    name = rest if colon and prefix.strip().lower() in _PREFIXES[namespace] else name
    name = "_".join(name.split())
    return (name[:1].upper() + name[1:]).encode()


def _in_categories(tables: dict[str, Path], choice: Choice) -> set[int]:
    """Pages of every namespace in the chosen categories."""
    roots = [title_key(name, _CATEGORIES) for name in choice.categories]
    without = frozenset(title_key(name, _CATEGORIES) for name in choice.without)
    titles = _targets(tables, "categorylinks", "cl_to", _CATEGORIES)
    rows = read_rows(tables["page"], ("page_id", "page_namespace", "page_title"))
    names = {page: title for page, namespace, title in rows if namespace == _CATEGORIES}
    children: dict[bytes, list[bytes]] = {}
    parents = set()
    for page, kind, category in _category_links(tables, titles):
        parents.add(category)
        if kind == b"subcat" and page in names:
            children.setdefault(category, []).append(names[page])
    if unknown := [root.decode() for root in roots if root not in parents]:
        raise InputError(f"no page is in the category {', '.join(unknown)}: write it as this wiki does")
    categories = walk_down(children, roots, choice.depth, without)
    return {
        page for page, kind, category in _category_links(tables, titles) if kind == b"page" and category in categories
    }


def _category_links(tables: dict[str, Path], titles: dict[int, bytes] | None) -> Iterator[tuple[int, bytes, bytes]]:
    """(page, page or subcat or file, category)."""
    target = "cl_to" if titles is None else "cl_target_id"
    for page, kind, category in read_rows(tables["categorylinks"], ("cl_from", "cl_type", target)):
        name = category if titles is None else titles.get(category)
        if name is not None:
            yield page, kind, name


def _with_templates(tables: dict[str, Path], templates: Sequence[str]) -> set[int]:
    """Articles and talk pages that show one of the templates."""
    wanted = {title_key(name, _TEMPLATES) for name in templates}
    titles = _targets(tables, "templatelinks", "tl_title", _TEMPLATES, wanted)
    found, met = set(), set()
    target = ("tl_title", "tl_namespace") if titles is None else ("tl_target_id",)
    for page, namespace, *rest in read_rows(tables["templatelinks"], ("tl_from", "tl_from_namespace", *target)):
        title = titles.get(rest[0]) if titles is not None else rest[0] if rest[1] == _TEMPLATES else None
        if namespace in (_ARTICLES, _TALK) and title in wanted:
            found.add(page)
            met.add(title)
    if unknown := [title.decode() for title in sorted(wanted - met)]:
        raise InputError(f"no page shows the template {', '.join(unknown)}: write it as this wiki does")
    return found


def _targets(
    tables: dict[str, Path], links: str, old: str, namespace: int, only: set[bytes] | None = None
) -> dict[int, bytes] | None:
    """Titles by link target of a namespace, of `only` those given; None where the links still hold titles."""
    if old in columns_of(tables[links]):
        return None
    if "linktarget" not in tables:
        raise InputError(
            f"{tables[links].name} needs the table linktarget beside it: fetch WIKI-DATE-linktarget.sql.gz"
        )
    rows = read_rows(tables["linktarget"], ("lt_id", "lt_namespace", "lt_title"))
    return {target: title for target, space, title in rows if space == namespace and (only is None or title in only)}


def _articles(page: Path, members: set[int]) -> set[int]:
    """The articles among pages, and the subjects of the talk pages among them."""
    articles, talked = set(), set()
    for number, namespace, title in read_rows(page, ("page_id", "page_namespace", "page_title")):
        if number in members:
            if namespace == _ARTICLES:
                articles.add(number)
            elif namespace == _TALK:
                talked.add(title)
    if talked:
        rows = read_rows(page, ("page_id", "page_namespace", "page_title"))
        articles |= {number for number, namespace, title in rows if namespace == _ARTICLES and title in talked}
    return articles
