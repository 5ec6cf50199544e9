"""Authors and sites: as pages, PDFs and records state them, without logins, programs and addresses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.extract.html.extract import extract_html
from ingest.extract.names import LONGEST, MOST_AUTHORS, joined, person_or_body, site
from ingest.sources.jats.article import article_record
from ingest.sources.oai import Oai
from ingest.sources.pubmed import PubMed

BODY = "<article><h1>Gout</h1>" + "<p>Colchicine 0.5 mg relieves an acute attack within two days.</p>" * 5


def facts(head: str) -> tuple[str | None, str | None]:
    found = extract_html(f"<html><head>{head}</head><body>{BODY}</article></body></html>".encode(), None, None)
    return found.author, found.site


def linked(**plain: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(plain)}</script>"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "<meta name=citation_author content='Rossi, Maria'><meta name=citation_author content='Bianchi, Luca'>"
            "<meta name=citation_journal_title content='Recenti Prog Med'><meta property=og:site_name content='X'>",
            ("Rossi, Maria; Bianchi, Luca", "Recenti Prog Med"),
        ),
        (
            linked(**{"@type": "MedicalWebPage", "author": [{"name": "Ana Gil"}, "Servicio de Salud"],
                      "publisher": {"name": "Hospital General"}}),
            ("Ana Gil; Servicio de Salud", "Hospital General"),
        ),
        (
            "<meta name=author content='Par : Dr Jean Petit'><meta property=article:author content='https://x.org/jean'>"
            "<meta property=og:site_name content='Vidal'>" + linked(**{"@type": "Person", "author": "No Page"}),
            ("Dr Jean Petit", "Vidal"),
        ),
        (linked(**{"@type": "WebSite", "name": "Salute"}) + "<meta name=author content='{{ author }}'>",
         (None, "Salute")),
        ("<meta name=author content='@handle'><meta name=application-name content='https://x.org'>", ("@handle", None)),
        ("", (None, None)),
    ],
)  # fmt: skip
def test_a_page_names_its_authors_and_its_site(head, expected):
    assert facts(head) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Jane M. Doe", "Jane M. Doe"), ("Doe J; Roe R", "Doe J; Roe R"), ("European Medicines Agency",) * 2,
        ("Agenzia Italiana del Farmaco",) * 2, ("Microsoft Office User", None), ("jdoe", None), ("JDOE2", None),
        ("admin", None), ("pc_ufficio", None), ("CORP\\jdoe", None), ("Utente Windows", None), ("", None), (None, None),
        ("anna maria", None), ("Adobe Acrobat Pro; Jane Doe", "Jane Doe"), ("HP LaserJet 400", None),
        ("j.doe@example.org Doe", None),
    ],
)  # fmt: skip
def test_of_a_pdf_only_what_looks_like_a_name_is_its_author(stated, expected):
    assert person_or_body(stated) == expected


@given(st.lists(st.text(max_size=400), max_size=80))
def test_joining_keeps_within_its_bounds_and_is_idempotent(values):
    once = joined(values)
    assert joined([once]) == once
    if once is not None:
        parts = once.split("; ")
        assert len(parts) <= MOST_AUTHORS + 1 and max(map(len, parts)) <= LONGEST and "\n" not in once


def test_a_consortium_is_cut_and_doubles_go():
    assert joined([f"Name {chr(65 + n % 26)}{chr(97 + n // 26)}" for n in range(50)]).endswith("; et al.")
    assert joined(["Ann Lee", "ANN LEE", "Bo Li"]) == "Ann Lee; Bo Li"
    assert site("x" * (LONGEST + 1)) is None


def test_contributors_of_an_article_are_its_authors_and_its_journal_the_site():
    names = [("Ada", "Roy"), ("Eve", "Lo")]
    people = "".join(
        f"<contrib contrib-type='author'><name><surname>{last}</surname><given-names>{first}</given-names></name>"
        "</contrib>" for first, last in names
    )  # fmt: skip
    people += "<contrib contrib-type='author'><collab>The Gout Group</collab></contrib>"
    people += "<contrib contrib-type='editor'><name><surname>Ed</surname></name></contrib>"
    journal = "<journal-title-group><journal-title>Gout Reports</journal-title></journal-title-group>"
    front = (
        f"<journal-meta>{journal}</journal-meta><article-meta><contrib-group>{people}</contrib-group></article-meta>"
    )
    record = article_record(
        etree.fromstring(f"<article><front>{front}</front><body><p>x</p></body></article>"), "a.xml"
    )
    assert (record.author, record.site) == ("Ada Roy; Eve Lo; The Gout Group", "Gout Reports")


CITATION = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">7</PMID><Article>
<Journal><Title>Recenti Prog Med</Title></Journal><ArticleTitle>Gout.</ArticleTitle>
<Abstract><AbstractText>Colchicine relieves.</AbstractText></Abstract><AuthorList>
<Author><LastName>Rossi</LastName><ForeName>Maria</ForeName></Author>
<Author><LastName>Lee</LastName><ForeName>Kim</ForeName><Suffix>Jr</Suffix></Author>
<Author><CollectiveName>Gout Study Group</CollectiveName></Author></AuthorList><Language>eng</Language>
</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"""
THESIS = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>
<identifier>oai:tesi:1</identifier></header><metadata><oai_dc:dc xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"><dc:title>La gotta</dc:title>
<dc:creator>Bianchi, Luca</dc:creator><dc:creator>Verdi, Anna</dc:creator><dc:publisher>Ateneo di Pisa</dc:publisher>
<dc:description>La colchicina riduce il dolore.</dc:description><dc:language>ita</dc:language></oai_dc:dc></metadata>
</record></ListRecords></OAI-PMH>"""


@pytest.mark.parametrize(
    ("source", "name", "text", "expected"),
    [
        (PubMed, "pubmed1.xml", CITATION, ("Maria Rossi; Kim Lee Jr; Gout Study Group", "Recenti Prog Med")),
        (Oai, "1.xml", THESIS, ("Bianchi, Luca; Verdi, Anna", "Ateneo di Pisa")),
    ],
)
def test_records_name_their_authors_and_their_journal_or_publisher(source, name, text, expected, tmp_path):
    (tmp_path / name).write_text(text, encoding="utf-8")
    reader = source("records", str(tmp_path))
    [record] = [record for partition in reader.partitions() for record in reader.read(partition)]
    assert (record.author, record.site) == expected
