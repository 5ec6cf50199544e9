"""Readers of PubMed, JATS, E3C, MediaWiki, tables, folders, crawls: all inputs; bad ones cost only themselves."""

import bz2
import gzip
import io
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.digests import digest_file
from ingest.extract.dates import parse_date
from ingest.sources.archives.crawl import Crawled
from ingest.sources.base import Record, Refusal
from ingest.sources.e3c import E3C
from ingest.sources.elements import cut_elements
from ingest.sources.folder import Folder
from ingest.sources.jats.article import Jats
from ingest.sources.pubmed import PubMed
from ingest.sources.tables import Columns, Tables
from ingest.sources.wiki.mediawiki import MediaWiki
from ingest.sources.wiki.wikitext import to_markdown
from shards.errors import CorruptionError, InputError

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="shared samples are not on this machine")


def read(source) -> list[Record | Refusal]:
    return [item for partition in source.partitions() for item in source.read(partition)]


def kinds(items) -> list[str]:
    return [item.reason if isinstance(item, Refusal) else item.key for item in items]


CITATION = """<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><Journal><JournalIssue><PubDate>
<Year>2020</Year><Month>Mar</Month></PubDate></JournalIssue></Journal><ArticleTitle>[A <i>title</i>.]</ArticleTitle>
<Abstract><AbstractText Label="METHODS">10<sup>9</sup>/L &lt; 5 &#181;g</AbstractText></Abstract>
<Language>spa</Language>
<VernacularTitle>Un título</VernacularTitle></Article><OtherAbstract Type="Publisher" Language="spa">
<AbstractText>Resumen
corto</AbstractText></OtherAbstract><OtherAbstract Type="Publisher" Language="ger"><AbstractText>Nein</AbstractText>
</OtherAbstract></MedlineCitation></PubmedArticle>"""


def pubmed(tmp_path, *citations: str, end: str = "</PubmedArticleSet>") -> PubMed:
    head = (
        '<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/passwd">]><PubmedArticleSet>'
    )
    (tmp_path / "pubmed1.xml.gz").write_bytes(gzip.compress((head + "".join(citations) + end).encode()))
    return PubMed("pm", str(tmp_path))


def test_a_citation_gives_its_abstract_in_each_language(tmp_path):
    english, spanish = read(pubmed(tmp_path, CITATION.format(pmid=1)))
    assert (english.key, english.language, english.title) == ("1", "en", "A title")
    assert english.text == "# A title\n\n**METHODS**: 10⁹/L < 5 µg"
    assert (english.published.isoformat()[:10], english.license) == ("2020-03-01", "LicenseRef-NLM-PubMed")
    assert (spanish.key, spanish.language, spanish.text) == ("1:es", "es", "# Un título\n\nResumen corto")


def test_broken_citations_cost_themselves_only(tmp_path):
    good, broken = CITATION.format(pmid=1), CITATION.format(pmid=2).replace("</ArticleTitle>", "")
    entity = CITATION.format(pmid=3).replace("&#181;", "&x;")
    source = pubmed(tmp_path, good, broken, entity, good.replace(">1<", ">4<"))
    assert kinds(read(source)) == ["1", "1:es", "malformed", "malformed", "4", "4:es"]


def test_a_cut_file_keeps_the_citations_before_the_cut(tmp_path):
    source = pubmed(tmp_path, *(CITATION.format(pmid=number) for number in range(300)))
    path = tmp_path / "pubmed1.xml.gz"
    path.write_bytes(path.read_bytes()[:-200])
    found = kinds(read(source))
    assert found[-1] == "truncated"
    assert found[:4] == ["0", "0:es", "1", "1:es"]


@given(st.lists(st.sampled_from(["<page>a</page>", "<page >", "</page>", "<pages>", "x", "<pa", "ge>"]), max_size=12))
def test_cutting_gives_the_same_elements_however_the_stream_is_chopped(parts):
    class Slow(io.BytesIO):
        def read1(self, size=-1):
            return super().read1(3)

    data = "".join(parts).encode()
    found = list(cut_elements(io.BytesIO(data), ("page",), 1 << 20))
    assert found == list(cut_elements(Slow(data), ("page",), 1 << 20))
    assert all(data[offset : offset + len(element)] == element for offset, element, _ in found)


@needs_data
def test_real_pubmed_and_jats_files_are_read_in_full():
    [citation] = read(PubMed("pm", str(DATA / "text-medical" / "pubmed_xml")))
    assert citation.key == "29768149"
    articles = read(Jats("jats", str(DATA / "text-medical" / "pubmed_xml")))
    assert len(articles) == 8
    assert all(isinstance(item, Record) and len(item.text.split()) > 1500 for item in articles)
    assert {item.license for item in articles} >= {"CC-BY-2.0", "CC-BY-NC-3.0"}
    assert sum("\n| --- " in item.text for item in articles) >= 3
    assert not any("<" in item.text and "</" in item.text for item in articles)


def test_an_article_keeps_tables_and_lists_and_drops_references(tmp_path):
    body = """<p>Dose 10<sup>9</sup>/L [<xref ref-type="bibr">1</xref>, <xref
ref-type="bibr">2</xref>].<list list-type="bullet">
<list-item><p>one</p><list><list-item><p>nested</p></list-item></list></list-item></list>after</p>
<table-wrap><label>Table 1</label><caption><p>Doses</p></caption><table><tr><th>Age</th><th>Dose</th></tr>
<tr><td>6</td><td><list><list-item><p>250 mg</p></list-item><list-item><p>4 h</p></list-item></list></td></tr>
</table></table-wrap>"""
    xml = f"""<article xmlns:xlink="http://www.w3.org/1999/xlink" xml:lang="en"><front><article-meta>
<article-id pub-id-type="doi">10.1/X</article-id><title-group><article-title>T</article-title></title-group>
<permissions>
<license xlink:href="http://creativecommons.org/licenses/by-nc-nd/4.0/"><p>words</p></license></permissions></article-meta>
</front><body><sec><title>Methods</title>{body}</sec></body><back><ref-list><ref>Someone 1999</ref></ref-list></back>
</article>"""
    (tmp_path / "a.nxml").write_text(xml)
    (tmp_path / "b.nxml").write_text("<article><front>")
    article, broken = read(Jats("j", str(tmp_path)))
    assert article.text == (
        "# T\n\n## Methods\n\nDose 10⁹/L.\n\n- one\n  - nested\n\nafter\n\nTable 1 Doses\n\n"
        "| Age | Dose |\n| --- | --- |\n| 6 | 250 mg; 4 h |"
    )
    assert (article.key, article.license, article.language) == ("doi:10.1/x", "CC-BY-NC-ND-4.0", "en")
    assert (broken.key, broken.reason) == ("b.nxml", "malformed")


@needs_data
def test_every_real_e3c_file_is_a_record_with_licence_and_language():
    items = read(E3C("e3c", str(DATA / "text-medical" / "e3c_layer3")))
    assert Counter(item.language for item in items) == {"en": 180, "fr": 240, "it": 240, "es": 230}
    assert len({item.key for item in items}) == 890
    assert all(item.license for item in items)


def test_files_that_are_no_e3c_are_refused(tmp_path):
    for name, text in (("a", "{"), ("b", "[]"), ("c", '{"language": "fr", "id": "1"}'), ("d", "\udcff")):
        (tmp_path / f"{name}.json").write_bytes(text.encode(errors="surrogateescape"))
    assert kinds(read(E3C("e", str(tmp_path)))) == ["malformed"] * 4


@needs_data
@pytest.mark.slow
def test_the_real_wiki_dump_gives_its_articles_without_markup():
    items = read(MediaWiki("wiki", str(DATA / "text-general" / "wiki_dump"), patterns=("*.bz2",)))
    assert len(items) == 111
    assert all(isinstance(item, Record) and item.license == ("CC-BY-SA-4.0" if item.url else None) for item in items)
    leftovers = sum(item.text.count("[[") + item.text.count("{{") for item in items)
    assert leftovers / sum(len(item.text) for item in items) < 1e-5
    assert any(item.url == "https://en.wikipedia.org/wiki/Autism" for item in items)


WIKI = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" xml:lang="it"><siteinfo>
<base>http://it.wikipedia.org/wiki/Pagina</base></siteinfo>{}</mediawiki>"""
WIKI_PAGE = "<page><title>{0}</title><ns>{1}</ns><id>{2}</id>{3}<revision><id>9</id><text>{4}</text></revision></page>"


def test_redirects_and_other_namespaces_are_no_articles_and_broken_pages_are_refused(tmp_path):
    pages = [
        WIKI_PAGE.format("Febbre", 0, 1, "", "La '''febbre''' è [[Temperatura|calore]]."),
        WIKI_PAGE.format("Utente:X", 2, 2, "", "ciao"), WIKI_PAGE.format("F", 0, 3, "<redirect title='Febbre'/>", "x"),
        WIKI_PAGE.format("Rotta", 0, 4, "<oops>", "x"), WIKI_PAGE.format("Così fan", 0, 5, "", "x"),
    ]  # fmt: skip
    (tmp_path / "it.xml.bz2").write_bytes(bz2.compress(WIKI.format("".join(pages)).encode()))
    first, broken, last = read(MediaWiki("w", str(tmp_path)))
    assert first.text == "# Febbre\n\nLa febbre è calore."
    assert (broken.key, broken.reason) == ("4", "malformed")
    assert (last.url, last.language) == ("https://it.wikipedia.org/wiki/Cos%C3%AC_fan", "it")


def test_wiki_markup_becomes_light_markdown():
    source = """Intro<ref>note</ref> 10<sup>9</sup> {{nowrap|5 mg}} {{Infobox|x=1}} [[File:a.jpg|thumb|[[b]] c]].
== Dose ==
* one
** nested
# first
{| class="x"
! Age !! Dose
|-
| 6 || 250 mg
|}
[http://e.org site] &alpha; <!-- hidden --> [[2001: Odissea]] [[Categoria:X]]
== Note ==
<references/>"""
    found = to_markdown(source, tables=True)
    assert found.startswith("Intro 10⁹ 5 mg")
    assert "## Dose" in found and "- one\n  - nested\n1. first" in found and "| Age | Dose |\n| 6 | 250 mg |" in found
    assert "site α" in found and "2001: Odissea" in found
    assert not any(part in found for part in ("note", "Infobox", "thumb", "hidden", "Categoria", "Note", "{|"))
    assert "250 mg" not in to_markdown(source, tables=False)


def test_json_lines_map_columns_and_refuse_bad_rows(tmp_path):
    rows = [
        {"meta": {"id": 1, "lic": "CC BY 4.0", "day": "2021-02-03"}, "body": "uno", "lang": "es"}, {"meta": {},
        "body": "due"},
        {"meta": {"id": 3}}, ["no"],
    ]  # fmt: skip
    lines = "\n".join(map(json.dumps, rows)) + "\n{bad\n\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    columns = Columns(text="body", key="meta.id", language="lang", license="meta.lic", published="meta.day")
    source = Tables("t", str(tmp_path), columns=columns, language="it")
    first, second, no_text, no_object, bad = read(source)
    assert (first.key, first.text, first.language, first.license) == ("1", "uno", "es", "CC-BY-4.0")
    assert first.published.isoformat()[:10] == "2021-02-03"
    assert second.key.startswith("text:") and second.language == "it"
    assert kinds([no_text, no_object, bad]) == ["no-text", "malformed", "malformed"]


def test_parquet_row_ranges_cover_every_row_once(tmp_path):
    table = pa.table({"id": [f"k{n}" for n in range(1000)], "text": [f"text {n}" for n in range(1000)]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=90)
    (tmp_path / "b.parquet").write_bytes(b"PAR1 not really PAR1")
    source = Tables("t", str(tmp_path), columns=Columns(key="id"), rows=200)
    partitions = source.partitions()
    assert [partition.rows for partition in partitions] == [(0, 270), (270, 540), (540, 810), (810, 1000), None]
    items = read(source)
    assert [item.key for item in items[:-1]] == table["id"].to_pylist()
    assert items[-1].reason == "malformed"


def test_csv_rows_are_read_with_quotes_and_long_cells(tmp_path):
    (tmp_path / "a.csv").write_text('id,text\n1,"a, ""b""\nc"\n2,' + "x" * 200_000 + "\n3,a,b\n")
    source = Tables("t", str(tmp_path), patterns=("*.csv",), columns=Columns(key="id"))
    first, second, bad = read(source)
    assert (first.text, len(second.text), bad.reason) == ('a, "b"\nc', 200_000, "malformed")


def test_a_folder_opens_compressed_files_and_refuses_bombs(tmp_path):
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<p>a"))
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "c.pdf.gz").write_bytes(gzip.compress(bytes(1 << 22)))
    (tmp_path / "d.html.gz").write_bytes(gzip.compress(b"<p>d" * 99)[:-9])
    source = Folder("f", str(tmp_path), patterns=("*",), batch=3, limit=1 << 20)
    assert kinds(read(source)) == ["a.html.gz", "b.txt", "too-large", "truncated"]
    assert [len(partition.files) for partition in source.partitions()] == [3, 1]


@pytest.mark.parametrize("pattern", ["*.doc", "*.html"])
def test_an_empty_or_unknown_choice_of_files_is_an_error_before_anything_runs(tmp_path, pattern):
    (tmp_path / "a.doc").write_text("x")
    with pytest.raises(InputError):
        Folder("f", str(tmp_path), patterns=(pattern,)).partitions()


def test_a_crawl_gives_its_failures_as_refusals_and_its_pin_is_checked(tmp_path):
    failures = tmp_path / "failures.jsonl"
    entries = [{"url": "http://e.org/1", "reason": "timeout", "message": "60 s", "attempts": 3}]
    failures.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    hosts = tmp_path / "hosts.json"
    hosts.write_text("{}")
    pinned = {"name": failures.name, "sha256": digest_file(failures), "bytes": failures.stat().st_size, "rows": 1}
    host_pin = {"name": hosts.name, "sha256": digest_file(hosts), "bytes": hosts.stat().st_size}
    (tmp_path / "pin.json").write_text(json.dumps({"warcs": [], "failures": pinned, "hosts": host_pin}))
    source = Crawled("crawl", str(tmp_path))
    [item] = read(source)
    assert (item.key, item.stage, item.reason, item.attempts) == ("http://e.org/1", "fetch", "timeout", 3)
    failures.write_text("")
    with pytest.raises(CorruptionError):
        source.partitions()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-06T10:00:00+02:00", "2024-05-06T08:00:00+00:00"), ("2024", "2024-01-01T00:00:00+00:00"),
        ("2024/5/6", "2024-05-06T00:00:00+00:00"), ("20240506070809", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06 bad:time", "2024-05-06T00:00:00+00:00"),
    ],
)  # fmt: skip
def test_dates_are_read_in_utc(text, expected):
    assert parse_date(text).isoformat() == expected


@given(st.text())
def test_no_text_breaks_the_date_reader(text):
    parse_date(text)
