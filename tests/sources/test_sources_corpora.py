"""Readers of published corpora, registries and agencies, on records written after their publishers' documentation.

Pages followed: ClinicalTrials.gov study data structure (API v2); OAI-PMH 2.0 and Dublin Core; PMC article datasets of
2026; OPUS EMEA XML; EMA's file names; CIMA REST 1.19 (docSegmentado); BDPM downloads; Google Patents public data
schema; EP full-text DTD; Wikimedia Enterprise data dictionary; cards of FineWeb-2 and FineWiki.
"""

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.extract.sandbox import Limits, Sandbox
from ingest.pipeline.extract import document
from ingest.sources.aifa import Aifa
from ingest.sources.base import Record, Refusal
from ingest.sources.bdpm import Bdpm
from ingest.sources.catalogue import KINDS
from ingest.sources.cima import Cima
from ingest.sources.clinicaltrials import ClinicalTrials
from ingest.sources.corpora import Corpus, Cowese, Edp, Spaccc, Ufal
from ingest.sources.emea import Emea
from ingest.sources.epar import Epar
from ingest.sources.huggingface import HuggingFace
from ingest.sources.oai import Oai
from ingest.sources.patents import Epo, Patents
from ingest.sources.pmc import Pmc
from ingest.sources.qrd import mark_sections
from ingest.sources.wiki.html import WikiHtml
from ingest.sources.wiki.mediawiki import MediaWiki
from shards.errors import InputError

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def read(source) -> list[Record | Refusal]:
    return [item for partition in source.partitions() for item in source.read(partition)]


def refusals(items: list) -> dict[str, str]:
    return {item.key: item.reason for item in items if isinstance(item, Refusal)}


def test_every_kind_says_what_it_is() -> None:
    for kind, reader in KINDS.items():
        about = reader.about
        assert about.title and about.access and about.license and about.key and about.etiquette, kind
        assert about.format and about.size and set(about.languages) <= {"en", "fr", "it", "es"}, kind


# Text corpora


def test_documents_between_blank_lines_and_damaged_ones_alone_are_refused(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_bytes(b"Uno.\nDos.\n\n\nTres.\n\n" + b"mal \xff byte\n\n" + "Año.\n".encode())
    items = read(Cowese("cowese", str(tmp_path)))
    assert [item.text for item in items if isinstance(item, Record)] == ["Uno.\nDos.\n", "Tres.\n", "Año.\n"]
    assert refusals(items) == {"c.txt#3": "bad-encoding"}
    assert (items[0].key, items[0].language, items[0].license) == ("c.txt#1", "es", "CC-BY-4.0")


def test_a_case_a_file_and_runs_of_lines_and_a_column(tmp_path: Path) -> None:
    (tmp_path / "S0004-1.txt").write_text("Paciente de 40 años.\n\nEvolución.")
    [case] = read(Spaccc("spaccc", str(tmp_path)))
    assert case.key == "S0004-1.txt" and case.text == "Paciente de 40 años.\n\nEvolución."
    assert [item.text for item in read(Edp("edp", str(tmp_path), language="fr"))] == [case.text]
    folder = tmp_path / "ufal"
    folder.mkdir()
    lines = "".join(f"en {at}\tes {at}\n" for at in range(5)) + "no column\n"
    (folder / "shuffled.es-en").write_text(lines)
    items = read(Ufal("ufal", str(folder), run=2, column=1, language="es"))
    assert [item.text for item in items[:2]] == ["es 0\nes 1", "es 2\nes 3"]
    assert refusals(items) == {"shuffled.es-en#3": "malformed"}


def test_a_cut_gzip_keeps_what_was_read(tmp_path: Path) -> None:
    whole = gzip.compress("".join(f"Document number {at}.\n\n" for at in range(20_000)).encode())
    (tmp_path / "c.txt.gz").write_bytes(whole[: len(whole) // 2])
    items = read(Corpus("c", str(tmp_path)))
    assert items[0].text == "Document number 0.\n" and len(items) > 1000
    assert isinstance(items[-1], Refusal) and items[-1].reason == "truncated"


# ClinicalTrials.gov


def study(number: int) -> dict:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": "Drug A", "officialTitle": "A Trial of A"},
            "statusModule": {"studyFirstPostDateStruct": {"date": "2020-03-01"}},
            "descriptionModule": {"briefSummary": "We test 5 mg.", "detailedDescription": "* day 1\n* day 2"},
            "conditionsModule": {"conditions": ["Asthma"]},
            "armsInterventionsModule": {"armGroups": [{"label": "A", "description": "5 mg daily"}],
                                        "interventions": [{"name": "Drug A"}]},
            "outcomesModule": {"primaryOutcomes": [{"measure": "FEV1", "timeFrame": "12 weeks"}]},
            "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* Age > 18\n* eGFR ≥ 30"},
        }
    }  # fmt: skip


def test_trials_from_pages_and_from_the_bulk_zip(tmp_path: Path) -> None:
    page = {"studies": [study(1), {"protocolSection": {}}, study(2)], "nextPageToken": "x"}
    (tmp_path / "page.json.gz").write_bytes(gzip.compress(json.dumps(page).encode()))
    with zipfile.ZipFile(tmp_path / "bulk.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("NCT00000003.json", json.dumps(study(3)))
        archive.writestr("broken.json", "{")
    (tmp_path / "cut.json").write_text('{"studies": [')
    items = read(ClinicalTrials("ct", str(tmp_path)))
    found = {item.key: item for item in items if isinstance(item, Record)}
    assert sorted(found) == ["NCT00000001", "NCT00000002", "NCT00000003"]
    assert sorted(refusals(items).values()) == ["malformed"] * 3
    text = found["NCT00000001"].text
    assert text.startswith("# A Trial of A\n\nDrug A\n\n## Brief summary\n\nWe test 5 mg.")
    assert "## Arms\n\n- A: 5 mg daily" in text and "- FEV1. 12 weeks" in text and "* eGFR ≥ 30" in text
    assert found["NCT00000001"].published.year == 2020


# OAI-PMH

OAI = """<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<ListRecords><record><header><identifier>oai:tdx:1</identifier></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/" xsi:schemaLocation="a b">
<dc:title xml:lang="es">Tesis sobre asma</dc:title><dc:description xml:lang="es">Resumen de la tesis.</dc:description>
<dc:description xml:lang="en">Abstract of the thesis.</dc:description><dc:description xml:lang="ca">Resum.</dc:description>
<dc:language>spa</dc:language><dc:rights>https://creativecommons.org/licenses/by-nc-nd/4.0/</dc:rights>
<dc:identifier>https://tdx.example/1</dc:identifier><dc:date>2019-05-01</dc:date></oai_dc:dc></metadata></record>
<record><header status="deleted"><identifier>oai:tdx:2</identifier></header></record>
<record><header><identifier>oai:tdx:3</identifier></header><metadata><oai_dc:dc><dc:title>Solo</oai_dc:dc></metadata></record>
<record><header><identifier>oai:tdx:4</identifier></header><metadata><oai_dc:dc xmlns:oai_dc="u" xmlns:dc="v"><dc:title>No text</dc:title></oai_dc:dc></metadata></record>
<record><header><identifier>oai:scielo:5</identifier></header><metadata><article xml:lang="es"><front><article-meta>
<article-id pub-id-type="doi">10.1/x</article-id><title-group><article-title>Artículo</article-title></title-group></article-meta></front>
<body><p>Texto con 10<sup>9</sup>/L.</p></body></article></metadata></record></ListRecords></OAI-PMH>"""


def test_theses_by_language_and_articles_as_jats(tmp_path: Path) -> None:
    (tmp_path / "records.xml").write_text(OAI, encoding="utf-8")
    items = read(Oai("theses", str(tmp_path), license="LicenseRef-X"))
    found = {item.key: item for item in items if isinstance(item, Record)}
    assert sorted(found) == ["oai:scielo:5", "oai:tdx:1", "oai:tdx:1:en"]
    spanish = found["oai:tdx:1"]
    assert (spanish.text, spanish.language) == ("# Tesis sobre asma\n\nResumen de la tesis.", "es")
    assert (spanish.license, spanish.url, spanish.published.year) == ("CC-BY-NC-ND-4.0", "https://tdx.example/1", 2019)
    assert "10⁹/L" in found["oai:scielo:5"].text and found["oai:scielo:5"].license == "LicenseRef-X"
    assert refusals(items) == {"oai:tdx:3": "malformed", "oai:tdx:4": "no-text"}


# PMC


def test_articles_of_the_dataset_newest_version_licence_of_the_metadata(tmp_path: Path) -> None:
    def article(version: int, words: str) -> None:
        folder = tmp_path / f"PMC1.{version}"
        folder.mkdir()
        xml = f"<article><front><article-meta><article-id pub-id-type='pmcid'>PMC1</article-id></article-meta></front><body><p>{words}</p></body></article>"
        (folder / f"PMC1.{version}.xml").write_text(xml)
        (folder / f"PMC1.{version}.json").write_text(json.dumps({"license_code": "CC BY", "is_retracted": False}))

    article(1, "old")
    article(2, "new")
    retracted = tmp_path / "PMC2.1"
    retracted.mkdir()
    (retracted / "PMC2.1.xml").write_text(
        "<article><front><article-meta><article-id pub-id-type='pmcid'>PMC2</article-id></article-meta></front></article>"
    )
    (retracted / "PMC2.1.json").write_text('{"is_retracted": true}')
    (tmp_path / "PMC3.1.xml").write_text("<article><front>")
    items = read(Pmc("pmc", str(tmp_path)))
    [found] = [item for item in items if isinstance(item, Record)]
    assert (found.key, found.text.strip()) == ("PMC1", "new")
    assert found.license.startswith("LicenseRef-CC-BY") or found.license == "CC-BY-4.0"
    assert found.license_evidence == "metadata: CC BY"
    assert refusals(items) == {"PMC2": "retracted", "PMC3.1.xml": "malformed"}


# Agencies


def test_qrd_headings_are_found_in_four_languages_and_nothing_else_is_changed() -> None:
    text = "4.2 Posologie et mode d'administration\nAdultes : 5 mg\n4.3 Controindicazioni\n5 mg al giorno\n\n6. Contenido del envase"
    marked = mark_sections(text)
    assert "### 4.2 Posologie" in marked and "### 4.3 Controindicazioni" in marked and "## 6 Contenido" in marked
    assert "\n5 mg al giorno" in marked and "## 5" not in marked
    assert mark_sections("2 tablets a day\n4.5 mmol/L of glucose") == "2 tablets a day\n4.5 mmol/L of glucose"


def test_opus_emea_documents_keep_their_sentences(tmp_path: Path) -> None:
    folder = tmp_path / "xml/es/humandocs"
    folder.mkdir(parents=True)
    document_ = (
        "<document><p id='1'><s id='1'><w>4.2</w> <w>Posología</w></s></p><p><s>Adultos:</s><s>5 mg.</s></p></document>"
    )
    (folder / "a.xml").write_text(document_)
    (folder / "b.xml").write_text("<document><p>")
    items = read(Emea("emea", str(tmp_path)))
    [found] = [item for item in items if isinstance(item, Record)]
    assert found.language == "es" and "### 4.2 Posología" in found.text and "Adultos: 5 mg." in found.text
    assert list(refusals(items).values()) == ["malformed"]


@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")
def test_a_real_epar_gets_its_sections(tmp_path: Path) -> None:
    real = DATA / "pdf/french_spc/PDF_SPC_DOWNLOADED/anx_153856_fr.pdf"
    (tmp_path / "zypadhera-epar-product-information_fr.pdf").write_bytes(real.read_bytes())
    (tmp_path / "other.pdf").write_bytes(b"%PDF-")
    items = read(Epar("epar", str(tmp_path)))
    [found] = [item for item in items if isinstance(item, Record)]
    assert (found.key, found.language) == ("zypadhera:product-information:fr", "fr")
    assert refusals(items) == {"other.pdf": "unknown-name"}
    sandbox = Sandbox(Limits())
    text = document(found, "epar", sandbox)["text"]
    sandbox.close()
    for heading in ("### 4.2 Posologie", "### 4.3 Contre-indications", "### 4.8 Effets indésirables", "### 5.2 "):
        assert heading in text, heading


def test_cima_sections_become_headings_and_keep_tables(tmp_path: Path) -> None:
    table = "<table><tr><th>Edad<th>Dosis<tr><td>Adultos<td>500 mg</table>"
    sections = [
        {"seccion": "4.2", "titulo": "Posología", "contenido": f"<p>Oral.</p>{table}"},
        {"seccion": "4.3", "titulo": "X"},
    ]
    (tmp_path / "51347_1.json").write_text(json.dumps({"nombre": "AMOXI", "sections": sections}))
    (tmp_path / "51348_2.json").write_text("[1]")
    items = read(Cima("cima", str(tmp_path)))
    [found] = [item for item in items if isinstance(item, Record)]
    assert found.key == "51347:ficha-tecnica"
    assert found.text.startswith("# AMOXI\n\n### 4.2 Posología\n\nOral.\n\n| Edad | Dosis |")
    assert "| Adultos | 500 mg |" in found.text and refusals(items) == {"51348_2.json": "malformed"}


def test_bdpm_pages_are_joined_with_a_table_of_mixed_charsets(tmp_path: Path) -> None:
    rows = "60001\tDOLIPRANE comprimé\n".encode() + "60002\tPARACÉTAMOL gélule\n".encode("cp1252")
    (tmp_path / "CIS_bdpm.txt").write_bytes(rows)
    for name in ("60001_R.html", "60002_N.html", "60003_R.html"):
        (tmp_path / name).write_text("<html><body><p>4.2 Posologie</p></body></html>")
    items = read(Bdpm("bdpm", str(tmp_path)))
    titles = {item.key: item.title for item in items if isinstance(item, Record)}
    assert titles == {"60001:R": "DOLIPRANE comprimé", "60002:N": "PARACÉTAMOL gélule"}
    assert refusals(items) == {"60003:R": "unknown-medicine"}
    before = [unit.sha256 for unit in Bdpm("bdpm", str(tmp_path)).partitions()]
    (tmp_path / "CIS_bdpm.txt").write_bytes(rows + b"60003\tX\n")
    assert [unit.sha256 for unit in Bdpm("bdpm", str(tmp_path)).partitions()] != before


def test_aifa_files_are_known_by_number_and_kind(tmp_path: Path) -> None:
    for name in ("012345678_FI.pdf", "RCP_012345678.pdf", "listino.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.4")
    items = read(Aifa("aifa", str(tmp_path)))
    assert [item.key for item in items if isinstance(item, Record)] == ["012345678:FI", "012345678:RCP"]
    assert refusals(items) == {"listino.pdf": "unknown-name"}


# Patents

PUBLICATION = {
    "publication_number": "EP-1-B1", "publication_date": 20190102, "cpc": [{"code": "A61K31/00"}],
    "title_localized": [{"text": "Composition", "language": "fr"}],
    "abstract_localized": [{"text": "Résumé.", "language": "fr"}],
    "description_localized": [{"text": "Longue description.", "language": "fr"}, {"text": "Lang.", "language": "de"}],
    "claims_localized": [{"text": "1. Composition.", "language": "fr"}],
}  # fmt: skip


def test_patents_of_the_classes_from_parquet_and_json_lines(tmp_path: Path) -> None:
    other = PUBLICATION | {"publication_number": "EP-2-B1", "cpc": [{"code": "G06F1/00"}]}
    pq.write_table(pa.Table.from_pylist([PUBLICATION, other]), tmp_path / "a.parquet")
    lines = [json.dumps(PUBLICATION | {"publication_number": "FR-3-A1"}), "{broken", json.dumps({"x": 1})]
    (tmp_path / "b.jsonl").write_text("\n".join(lines))
    items = read(Patents("patents", str(tmp_path)))
    found = {item.key: item for item in items if isinstance(item, Record)}
    assert sorted(found) == ["EP-1-B1:fr", "FR-3-A1:fr"]
    expected = "# Composition\n\n## Abstract\n\nRésumé.\n\n## Description\n\nLongue description.\n\n## Claims\n\n1. Composition."
    assert found["EP-1-B1:fr"].text == expected and found["EP-1-B1:fr"].published.year == 2019
    assert sorted(refusals(items).values()) == ["malformed", "malformed"]


def test_ep_full_texts_by_language_and_class(tmp_path: Path) -> None:
    xml = """<ep-patent-document country="EP" doc-number="0123456" kind="B1" date-publ="20100203"><SDOBI><B500><B510EP>
    <classification-ipcr><text>A61K  31/00</text></classification-ipcr></B510EP><B540><B541>fr</B541><B542>Composition</B542>
    </B540></B500></SDOBI><abstract lang="fr"><p>Un <b>résumé</b>.</p></abstract><claims lang="en"><claim><claim-text>1. A drug.
    </claim-text></claim></claims></ep-patent-document>"""
    (tmp_path / "a.xml").write_text(xml)
    (tmp_path / "b.xml").write_text(xml.replace("A61K  31/00", "G06F"))
    (tmp_path / "c.xml").write_text("<other/>")
    items = read(Epo("epo", str(tmp_path)))
    found = {item.key: item.text for item in items if isinstance(item, Record)}
    assert found == {"EP0123456B1:fr": "# Composition\n\n## Abstract\n\nUn résumé.",
                     "EP0123456B1:en": "## Claims\n\n1. A drug."}  # fmt: skip
    assert refusals(items) == {"c.xml": "malformed"}


# Wikipedia


def wiki_article(number: int, category: str) -> dict:
    body = "<html><body><h1>Asma</h1><p>L'asma<sup class=\"mw-ref reference\">[1]</sup> è una malattia.</p><div class='navbox'>x</div></body></html>"
    return {
        "name": "Asma", "identifier": number, "url": "https://it.wikipedia.org/wiki/Asma", "article_body": {"html": body},
        "categories": [{"name": category}], "in_language": {"identifier": "it"},
        "license": [{"identifier": "CC-BY-SA-4.0"}], "date_modified": "2026-01-02T03:04:05Z",
    }  # fmt: skip


def test_html_dumps_by_category_with_attribution(tmp_path: Path) -> None:
    lines = [json.dumps(wiki_article(1, "Categoria:Malattie")), json.dumps(wiki_article(2, "Categoria:Calcio")), "{"]
    data = "\n".join(lines).encode()
    with tarfile.open(tmp_path / "itwiki.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("itwiki_0.ndjson")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    items = read(WikiHtml("wiki", str(tmp_path), category_pattern="malattie|medicina"))
    [found] = [item for item in items if isinstance(item, Record)]
    assert (found.key, found.language, found.license) == ("1", "it", "CC-BY-SA-4.0")
    assert "contributors of https://it.wikipedia.org/wiki/Asma" in found.license_evidence
    assert b"[1]" not in found.payload and "è una malattia".encode() in found.payload
    assert list(refusals(items).values()) == ["malformed"]


def test_xml_dumps_by_category_of_the_article_itself(tmp_path: Path) -> None:
    def page(number: int, text: str) -> str:
        return (
            f"<page><title>T{number}</title><ns>0</ns><id>{number}</id><revision><text>{text}</text></revision></page>"
        )

    pages = page(1, "Asthma.\n[[Category:Respiratory diseases]]") + page(2, "Chess.\n[[Category:Games]]")
    (tmp_path / "w.xml").write_text(f"<mediawiki>{pages}</mediawiki>")
    assert [item.key for item in read(MediaWiki("w", str(tmp_path), category_pattern="diseases|medicine"))] == ["1"]


# Hugging Face


def test_presets_map_columns_and_scores_select_rows(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"<urn:{at}>",
            "text": f"Texte {at}",
            "url": f"https://a.fr/{at}",
            "date": "2024-01-01T00:00:00Z",
            "score": at / 4,
        }
        for at in range(4)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    items = read(HuggingFace("seed", str(tmp_path), preset="finemed", at_least={"score": 0.5}, language="fr"))
    assert [item.key for item in items] == ["<urn:2>", "<urn:3>"]
    assert items[0].license == "ODC-By-1.0" and items[0].url == "https://a.fr/2" and items[0].published.year == 2024
    [problem] = {item.reason for item in read(HuggingFace("seed", str(tmp_path), preset="finemed", at_least={"x": 1}))}
    assert problem == "malformed"
    with pytest.raises(InputError, match="not both"):
        from ingest.sources.tables import Columns

        HuggingFace("seed", str(tmp_path), preset="finemed", columns=Columns(text="body"))
