"""Articles of a wiki chosen by category tree, project and item, from dumps of its tables.

The dumps are written after real headers of 2025 and 2026 (categorylinks with `cl_to`, with both, with `cl_target_id`
alone; https://www.mediawiki.org/wiki/Manual:Categorylinks_table, Manual:Linktarget_table).
"""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.wiki import choice as wiki_choice
from ingest.sources.wiki.graph import Choice, chosen_pages, find_tables, title_key, walk_down
from ingest.sources.wiki.html import WikiHtml
from ingest.sources.wiki.mediawiki import MediaWiki
from ingest.sources.wiki.sql_dump import columns_of, parse_rows, read_rows
from shards.errors import InputError

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

# Rows: articles 1 to 6, talk pages 11 and 15, categories 20 to 23, a template 30.
PAGES = [
    (1, 0, "Fever"), (2, 0, "O'Brien's_\\_sign"), (3, 0, "Insulin"), (4, 0, "Chess"), (5, 0, "Hospital_ship"),
    (6, 0, "Cough"), (11, 1, "Fever"), (15, 1, "Hospital_ship"), (20, 14, "Medicine"), (21, 14, "Symptoms"),
    (22, 14, "Drugs"), (23, 14, "Sailors"), (30, 10, "WikiProject_Medicine"),
]  # fmt: skip
LINKS = [
    (21, "subcat", "Medicine"), (22, "subcat", "Medicine"), (23, "subcat", "Drugs"), (20, "subcat", "Sailors"),
    (1, "page", "Symptoms"), (2, "page", "Symptoms"), (3, "page", "Drugs"), (4, "page", "Games"),
    (5, "page", "Sailors"), (15, "page", "All_WikiProject_Medicine_articles"), (9, "file", "Medicine"),
]  # fmt: skip
TARGETS = {"Medicine": 100, "Symptoms": 101, "Drugs": 102, "Sailors": 103, "Games": 104,
           "All_WikiProject_Medicine_articles": 105}  # fmt: skip


def quote(value: int | str | bytes | None) -> bytes:
    if value is None or isinstance(value, int):
        return b"NULL" if value is None else str(value).encode()
    raw = value.encode() if isinstance(value, str) else value
    for plain, escaped in ((b"\\", b"\\\\"), (b"'", b"\\'"), (b'"', b'\\"'), (b"\n", b"\\n"), (b"\r", b"\\r"),
                           (b"\0", b"\\0"), (b"\x1a", b"\\Z")):  # fmt: skip
        raw = raw.replace(plain, escaped)
    return b"'" + raw + b"'"


def dump(table: str, columns: list[str], rows: list[tuple], *, a_row_a_line: bool = False) -> bytes:
    """What mysqldump writes: comments, settings, the table, statements of three rows each."""
    made = ",\n".join(f"  `{name}` varbinary(255) NOT NULL DEFAULT ''" for name in columns)
    head = f"-- MariaDB dump 10.19\n/*!40101 SET NAMES utf8mb4 */;\nDROP TABLE IF EXISTS `{table}`;\n"
    head += (
        f"CREATE TABLE `{table}` (\n{made},\n  PRIMARY KEY (`{columns[0]}`)\n) ENGINE=InnoDB DEFAULT CHARSET=binary;\n"
    )
    parts = [head.encode()]
    for start in range(0, len(rows), 3):
        told = (b",\n" if a_row_a_line else b",").join(
            b"(" + b",".join(map(quote, row)) + b")" for row in rows[start : start + 3]
        )
        gap = b"\n" if a_row_a_line else b" "
        parts.append(b"INSERT INTO `" + table.encode() + b"` VALUES" + gap + told + b";\n")
    return b"".join([*parts, b"/*!40000 ALTER TABLE ENABLE KEYS */;\n-- Dump completed\n"])


def write_tables(folder: Path, schema: str) -> Path:
    """The wiki's tables: `schema` titles (to 2024), both (2025) or targets (from MediaWiki 1.45)."""
    page = ["page_id", "page_namespace", "page_title", "page_is_redirect", "page_random", "page_touched"]
    rows = [(number, space, title, 0, "0.77", "20260901120458") for number, space, title in PAGES]
    tables = {"page": dump("page", page, rows)}
    old, new = ["cl_to"], ["cl_collation_id", "cl_target_id"]
    middle = ["cl_sortkey", "cl_timestamp", "cl_type"]
    columns = ["cl_from", *(old if schema != "targets" else []), *middle, *(new if schema != "titles" else [])]
    links = []
    for number, kind, title in LINKS:
        values = {"cl_from": number, "cl_to": title, "cl_sortkey": b"A\n(')\\;", "cl_timestamp": "2026-01-01 00:00:00",
                  "cl_type": kind, "cl_collation_id": 1, "cl_target_id": TARGETS[title]}  # fmt: skip
        links.append(tuple(values[name] for name in columns))
    tables["categorylinks"] = dump("categorylinks", columns, links, a_row_a_line=schema == "targets")
    targets = [(number, 14, title) for title, number in TARGETS.items()] + [(200, 10, "WikiProject_Medicine")]
    tables["linktarget"] = dump("linktarget", ["lt_id", "lt_namespace", "lt_title"], targets)
    shown = [(11, 1), (6, 0), (40, 4)]
    if schema == "titles":
        rows = [(number, 10, "WikiProject_Medicine", space) for number, space in shown] + [
            (4, 0, "WikiProject_Medicine", 0)
        ]
        columns = ["tl_from", "tl_namespace", "tl_title", "tl_from_namespace"]
    else:
        rows, columns = [(*one, 200) for one in shown], ["tl_from", "tl_from_namespace", "tl_target_id"]
    tables["templatelinks"] = dump("templatelinks", columns, rows)
    props = [(3, "wikibase_item", "Q7240"), (4, "wikibase_item", "Q718"), (3, "page_image", "Q718")]
    tables["page_props"] = dump("page_props", ["pp_page", "pp_propname", "pp_value"], props)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in tables.items():
        (folder / f"enwiki-20261101-{name}.sql.gz").write_bytes(gzip.compress(data, mtime=0))
    return folder


values = st.one_of(
    st.integers(-(10**12), 10**12), st.none(), st.binary(max_size=12), st.sampled_from([b"NULL", b"),(", b"');"])
)


@given(st.lists(st.tuples(values, values, values), max_size=12), st.booleans(), st.integers(1, 40))
def test_every_row_comes_back_whatever_it_holds_and_however_the_file_is_chopped(rows, a_row_a_line, chunk):
    data = dump("t", ["a", "b", "c"], rows, a_row_a_line=a_row_a_line)
    assert list(parse_rows(io.BytesIO(data), ["a", "b", "c"], ["c", "a"], chunk)) == [(c, a) for a, _, c in rows]


def test_statements_that_name_their_columns_doubled_quotes_and_binary_marks_are_read():
    data = b"INSERT INTO `t` (`b`, `a`) VALUES (_binary 'it''s',0x1F),('',2);"
    assert list(parse_rows(io.BytesIO(data), ["a", "b"], ["a", "b"])) == [(b"0x1F", b"it's"), (2, b"")]


@pytest.mark.parametrize(
    "damage", [lambda d: d[:-60], lambda d: d.replace(b"Fever',0,", b"Fever',"), lambda d: b"<html>"]
)
def test_a_cut_or_damaged_table_is_refused_and_not_half_believed(tmp_path, damage):
    folder = write_tables(tmp_path, "targets")
    path = folder / "enwiki-20261101-page.sql.gz"
    path.write_bytes(gzip.compress(damage(gzip.decompress(path.read_bytes()))))
    with pytest.raises(InputError, match=r"page\.sql\.gz"):
        list(read_rows(path, ("page_id", "page_title")))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError):
        list(read_rows(path, ("page_id", "page_title")))


@pytest.mark.parametrize("schema", ["titles", "both", "targets"])
@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(("Category:Medicine",), 0), []),
        (Choice(("Medicine",), 1), [1, 2, 3]),
        (Choice(("category: symptoms", "Drugs"), 0), [1, 2, 3]),
        (Choice(("Medicine",), 9), [1, 2, 3, 5]),  # the circle Medicine > Drugs > Sailors > Medicine ends
        (Choice(("Medicine",), 9, ("Category:Sailors",)), [1, 2, 3]),
        (Choice(("All WikiProject Medicine articles",), 0), [5]),  # its members are talk pages
        (Choice(projects=("Template:WikiProject Medicine",)), [1, 6]),  # on the talk page of 1, on 6 itself
        (Choice(items=("Q7240", "Q1")), [3]),
        (Choice(("Symptoms",), 0, projects=("WikiProject_Medicine",), items=("Q718",)), [1, 2, 4, 6]),
    ],
)  # fmt: skip
def test_articles_are_chosen_alike_from_every_form_of_the_tables(tmp_path, schema, choice, expected):
    assert chosen_pages(find_tables(write_tables(tmp_path, schema)), choice).tolist() == expected


def test_names_unknown_to_the_wiki_and_missing_tables_are_told(tmp_path):
    tables = find_tables(write_tables(tmp_path, "targets"))
    for choice in (Choice(("Category:Medicina",)), Choice(projects=("Template:Medicina",))):
        with pytest.raises(InputError, match="Medicina"):
            chosen_pages(tables, choice)
    with pytest.raises(InputError, match="templatelinks"):
        chosen_pages({"page": tables["page"]}, Choice(projects=("X",)))
    with pytest.raises(InputError, match="linktarget"):
        chosen_pages({name: path for name, path in tables.items() if name != "linktarget"}, Choice(("Medicine",)))
    (tmp_path / "itwiki-20261101-page.sql.gz").write_bytes(b"")
    with pytest.raises(InputError, match="both the table page"):
        find_tables(tmp_path)
    with pytest.raises(InputError, match="CREATE TABLE"):
        columns_of(tmp_path / "itwiki-20261101-page.sql.gz")


@given(st.dictionaries(st.sampled_from(b"abcdef"), st.lists(st.sampled_from(b"abcdef"))), st.integers(0, 7))
def test_deeper_walks_find_more_and_excluded_categories_never(graph, depth):
    children = {bytes([parent]): [bytes([child]) for child in below] for parent, below in graph.items()}
    near, far = (walk_down(children, [b"a"], levels, frozenset({b"f"})) for levels in (depth, depth + 1))
    assert near <= far and b"f" not in far and b"a" in near
    assert all(child in far for parent in near for child in children.get(parent, []) if child != b"f")


def test_titles_are_written_as_the_tables_write_them():
    assert title_key("catégorie:portail:Médecine/Articles liés", 14) == "Portail:Médecine/Articles_liés".encode()
    assert title_key("Portail:Médecine/Articles liés", 14) == "Portail:Médecine/Articles_liés".encode()
    assert title_key("modèle:palette  Médicaments", 10) == "Palette_Médicaments".encode()


DUMP = """<mediawiki xml:lang="en"><siteinfo><base>https://en.wikipedia.org/wiki/M</base></siteinfo>{}</mediawiki>"""


def pages_dump(folder: Path) -> None:
    pages = "".join(
        f"<page><title>{title}</title><ns>{space}</ns><id>{number}</id><revision><text>x</text></revision></page>"
        for number, space, title in PAGES
    )
    (folder / "enwiki-20261101-pages-articles.xml").write_text(DUMP.format(pages))


def keys(source) -> list[str]:
    return [item.key for partition in source.partitions() for item in source.read(partition)]


def test_a_source_reads_the_chosen_articles_and_its_partitions_are_named_by_the_tables_too(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDCORPUS_CACHE", str(tmp_path / "cache"))
    wiki_choice._remembered.cache_clear()
    write_tables(tmp_path, "targets")
    pages_dump(tmp_path)
    asked = {"categories": ("Category:Medicine",), "category_depth": 1, "projects": ("WikiProject Medicine",)}
    source = MediaWiki("w", str(tmp_path), **asked)
    assert keys(source) == ["1", "2", "3", "6"]
    assert keys(MediaWiki("w", str(tmp_path))) == ["1", "2", "3", "4", "5", "6"]
    before = source.partitions()[0].sha256
    assert before == source.partitions()[0].sha256 != MediaWiki("w", str(tmp_path)).partitions()[0].sha256
    path = tmp_path / "enwiki-20261101-templatelinks.sql.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"(6,0,200)", b"(5,0,200)")))
    assert source.partitions()[0].sha256 != before and keys(source) == ["1", "2", "3", "5"]
    (tmp_path / "mesh.tsv").write_text("item\tmesh\nhttp://www.wikidata.org/entity/Q7240\tD007328\n")
    assert keys(MediaWiki("w", str(tmp_path), items="mesh.tsv")) == ["3"]


def test_an_answer_is_found_once_for_all_partitions_and_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDCORPUS_CACHE", str(tmp_path / "cache"))
    write_tables(tmp_path / "sql", "targets")
    pages_dump(tmp_path)
    asked = []
    monkeypatch.setattr(
        wiki_choice, "chosen_pages", lambda tables, choice: asked.append(choice) or chosen_pages(tables, choice)
    )
    source = MediaWiki("w", str(tmp_path), categories=("Drugs",), category_depth=0, tables="sql")
    for _ in range(2):
        wiki_choice._remembered.cache_clear()  # as another process would begin
        assert keys(source) == ["3"]
    assert len(asked) == 1


def test_html_dumps_take_the_same_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDCORPUS_CACHE", str(tmp_path / "cache"))
    write_tables(tmp_path / "sql", "both")
    lines = [f'{{"identifier": {at}, "name": "T", "article_body": {{"html": "<p>x"}}}}' for at in range(1, 7)]
    (tmp_path / "w.ndjson").write_text("\n".join(lines))
    assert keys(WikiHtml("w", str(tmp_path), categories=("Symptoms",), tables="sql")) == ["1", "2"]


def test_contradicting_choices_are_refused():
    with pytest.raises(InputError, match="not both"):
        MediaWiki("w", "x", categories=("Medicine",), category_pattern="med")
    with pytest.raises(InputError, match="category_depth"):
        MediaWiki("w", "x", categories=("Medicine",), category_depth=-1)
    with pytest.raises(InputError, match="does not exist"):
        MediaWiki("w", "x", categories=("Medicine",), tables="nowhere").articles("x")


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")
def test_articles_of_the_real_dump_are_chosen_by_tables_beside_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDCORPUS_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "wiki"
    root.mkdir()
    real = next((DATA / "text-general" / "wiki_dump").glob("enwiki-latest-pages-articles1*.bz2"))
    (root / real.name).symlink_to(real)
    (root / "dump.xml.bz2").write_bytes(real.read_bytes())
    everything = [
        item for unit in MediaWiki("w", str(root)).partitions() for item in MediaWiki("w", str(root)).read(unit)
    ]
    titles = {item.title: int(item.key) for item in everything}
    medical = [name for name in titles if name in ("Autism", "Agoraphobia", "Albedo", "Anthropology")]
    page = ["page_id", "page_namespace", "page_title"]
    rows = [(number, 0, title.replace(" ", "_")) for title, number in titles.items()] + [(1, 14, "Psychiatry")]
    (root / "page.sql.gz").write_bytes(gzip.compress(dump("page", page, rows)))
    links = [(1, "subcat", "Medicine")] + [(titles[name], "page", "Psychiatry") for name in medical]
    (root / "categorylinks.sql").write_bytes(dump("categorylinks", ["cl_from", "cl_type", "cl_to"], links))
    source = MediaWiki("w", str(root), categories=("Category:Medicine",))
    found = [item for unit in source.partitions() for item in source.read(unit)]
    assert medical and sorted(item.title for item in found) == sorted(medical)
    assert all(item.text and item.url for item in found)
