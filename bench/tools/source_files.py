"""Input files of each kind of source, in its publisher's format, with as many different records as asked for."""

import gzip
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_WORDS = ["patients", "treatment", "dose", "clinical", "response", "therapy", "placebo", "renal", "hepatic", "plasma", "concentration", "adverse", "events", "study", "randomised", "trial", "baseline", "weeks", "daily", "oral", "infusion", "infection", "antibiotic", "blood", "pressure", "diabetes", "insulin", "glucose", "risk", "mortality", "survival", "tumour", "lung", "heart", "liver", "kidney", "brain", "asthma", "children", "adults", "women", "men", "years", "significant", "reduction"]  # fmt: skip


def words(number: int, count: int) -> str:
    """`count` words that differ from record to record."""
    return " ".join(random.Random(number).choices(_WORDS, k=count)).capitalize() + "."


def pubmed(folder: Path, records: int) -> None:
    """One gzip file of citations with structured abstracts of 220 words."""
    parts = ["<PubmedArticleSet>"]
    for at in range(records):
        abstract = "".join(
            f"<AbstractText Label='{label}'>{words(4 * at + number, 55)}</AbstractText>"
            for number, label in enumerate(("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS"))
        )
        parts.append(
            f"<PubmedArticle><MedlineCitation Status='MEDLINE'><PMID Version='1'>{10_000 + at}</PMID><DateCompleted><Year>2020"
            "</Year><Month>01</Month><Day>02</Day></DateCompleted><Article PubModel='Print'><Journal><ISSN>0000-0000</ISSN>"
            "<JournalIssue><Volume>1</Volume><PubDate><Year>2019</Year><Month>Mar</Month></PubDate></JournalIssue><Title>J"
            f"</Title></Journal><ArticleTitle>{words(at, 12)}</ArticleTitle><Abstract>{abstract}</Abstract><AuthorList><Author>"
            "<LastName>Doe</LastName><ForeName>J</ForeName></Author></AuthorList><Language>eng</Language><PublicationTypeList>"
            "<PublicationType UI='D016428'>Journal Article</PublicationType></PublicationTypeList></Article><MedlineJournalInfo>"
            "<Country>X</Country><MedlineTA>J</MedlineTA><NlmUniqueID>1</NlmUniqueID></MedlineJournalInfo></MedlineCitation>"
            f"<PubmedData><ArticleIdList><ArticleId IdType='pubmed'>{10_000 + at}</ArticleId></ArticleIdList></PubmedData>"
            "</PubmedArticle>"
        )
    _gzip(folder / "pubmed26n0001.xml.gz", "".join([*parts, "</PubmedArticleSet>"]))


def pmc(folder: Path, records: int) -> None:
    """An article of 3,000 words with a table in each folder, and its metadata."""
    for at in range(records):
        body = "".join(f"<sec><title>Section {n}</title><p>{words(20 * at + n, 150)}</p></sec>" for n in range(20))
        table = "<table-wrap><table><tr><th>Age</th><th>Dose</th></tr><tr><td>Adults</td><td>5 mg</td></tr></table></table-wrap>"
        xml = (
            f"<article><front><article-meta><article-id pub-id-type='pmcid'>PMC{at + 1}</article-id><title-group><article-title>"
            f"{words(at, 12)}</article-title></title-group></article-meta></front><body>{body}{table}</body></article>"
        )
        _write(folder / f"PMC{at + 1}.1" / f"PMC{at + 1}.1.xml", xml)
        _write(folder / f"PMC{at + 1}.1" / f"PMC{at + 1}.1.json", '{"license_code": "CC BY"}')


def clinicaltrials(folder: Path, records: int) -> None:
    """Pages of studies."""
    studies = [
        {
            "protocolSection": {
                "identificationModule": {"nctId": f"NCT{at:08d}", "officialTitle": words(at, 15)},
                "descriptionModule": {"briefSummary": words(at, 80), "detailedDescription": words(at + 1, 200)},
                "eligibilityModule": {"eligibilityCriteria": "\n".join(f"* {words(at + n, 12)}" for n in range(12))},
            }
        }
        for at in range(records)
    ]
    _gzip(folder / "studies.json.gz", json.dumps({"studies": studies}))


def oai(folder: Path, records: int) -> None:
    """A response of Dublin Core records with descriptions in two languages."""
    parts = [
        f"<record><header><identifier>oai:x:{at}</identifier></header><metadata><oai_dc:dc><dc:title>{words(at, 12)}</dc:title>"
        f"<dc:description xml:lang='en'>{words(at, 200)}</dc:description><dc:description xml:lang='es'>{words(at + 1, 200)}"
        "</dc:description><dc:language>en</dc:language></oai_dc:dc></metadata></record>"
        for at in range(records)
    ]
    _gzip(folder / "records.xml.gz", f"<OAI-PMH><ListRecords>{''.join(parts)}</ListRecords></OAI-PMH>")


def mediawiki(folder: Path, records: int) -> None:
    """A dump of articles with links, templates and a list."""
    parts = ["<mediawiki xml:lang='en'><siteinfo><base>https://en.wikipedia.org/wiki/Main_Page</base></siteinfo>"]
    for at in range(records):
        text = f"'''T{at}''' is a [[disease|condition]].{{{{cite web|url=x}}}}\n\n" + "\n\n".join(
            f"== Section {n} ==\n{words(9 * at + n, 80)} [[Link {n}]].\n* {words(at, 8)}\n* {words(at + 1, 8)}"
            for n in range(6)
        )
        page = f"<page><title>T{at}</title><ns>0</ns><id>{at + 1}</id><revision><text>{text}</text></revision></page>"
        parts.append(page)
    _gzip(folder / "wiki.xml.gz", "".join([*parts, "</mediawiki>"]))


def wikihtml(folder: Path, records: int) -> None:
    """NDJSON of articles as HTML; the extraction itself is not the reader's."""
    lines = [
        json.dumps({
            "name": f"T{at}", "identifier": at, "url": f"https://en.wikipedia.org/wiki/T{at}", "categories": [],
            "article_body": {"html": "".join(f"<p>{words(9 * at + n, 80)}</p>" for n in range(6))},
        })
        for at in range(records)
    ]  # fmt: skip
    _gzip(folder / "wiki.ndjson.gz", "\n".join(lines))


def patents(folder: Path, records: int) -> None:
    """A Parquet file of publications, a third of them in the classes."""
    rows = [
        {
            "publication_number": f"FR-{at}-A1", "publication_date": 20200101,
            "cpc": [{"code": "A61K31/00" if at % 3 == 0 else "G06F1/00"}],
            "title_localized": [{"text": words(at, 10), "language": "fr"}],
            "description_localized": [{"text": words(at, 1500), "language": "fr"}],
        }
        for at in range(records)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), folder / "patents.parquet")


def table(folder: Path, records: int) -> None:
    """JSON lines of documents of 300 words."""
    lines = (json.dumps({"id": str(at), "text": words(at, 300), "url": f"https://a.org/{at}"}) for at in range(records))
    _write(folder / "rows.jsonl", "\n".join(lines))


def huggingface(folder: Path, records: int) -> None:
    """The same as Parquet."""
    rows = [{"id": str(at), "text": words(at, 300), "url": f"https://a.org/{at}"} for at in range(records)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet")


def text(folder: Path, records: int) -> None:
    """Documents of six lines between blank lines."""
    _write(
        folder / "corpus.txt", "\n\n".join("\n".join(words(6 * at + n, 40) for n in range(6)) for at in range(records))
    )


def cima(folder: Path, records: int) -> None:
    """Segmented documents with a table in a section."""
    for at in range(records):
        content = f"<p>{words(at, 150)}</p><table><tr><th>Edad</th><th>Dosis</th></tr><tr><td>Adultos</td><td>5 mg</td></tr></table>"
        sections = [{"seccion": f"4.{n}", "titulo": words(n, 3), "contenido": content} for n in range(1, 9)]
        _write(folder / f"{at}_1.json", json.dumps({"nombre": f"M{at}", "sections": sections}))


def emea(folder: Path, records: int) -> None:
    """XML documents of sentences."""
    for at in range(records):
        body = "".join(f"<p><s>{words(9 * at + n, 20)}</s><s>{words(at, 15)}</s></p>" for n in range(40))
        _write(folder / "xml" / "en" / f"{at}.xml", f"<document>{body}</document>")


def e3c(folder: Path, records: int) -> None:
    """JSON documents of 300 words."""
    for at in range(records):
        _write(folder / f"{at}.json", json.dumps({"language": "IT", "id": str(at), "text": words(at, 300)}))


def jats(folder: Path, records: int) -> None:
    """The articles of `pmc`, without metadata."""
    for at in range(records):
        body = "".join(f"<sec><title>Section {n}</title><p>{words(20 * at + n, 150)}</p></sec>" for n in range(20))
        ids = f"<article-id pub-id-type='doi'>10.1/{at}</article-id>"
        _write(
            folder / f"{at}.nxml",
            f"<article><front><article-meta>{ids}</article-meta></front><body>{body}</body></article>",
        )


def epo(folder: Path, records: int) -> None:
    """EP full texts with a description of 1,500 words."""
    for at in range(records):
        body = "".join(f"<p>{words(15 * at + n, 100)}</p>" for n in range(15))
        xml = (
            f"<ep-patent-document country='EP' doc-number='{at:07d}' kind='B1' date-publ='20200101'><SDOBI><B500><B510EP>"
            "<classification-ipcr><text>A61K 31/00</text></classification-ipcr></B510EP></B500></SDOBI>"
            f"<description lang='fr'>{body}</description></ep-patent-document>"
        )
        _write(folder / f"{at}.xml", xml)


def cowese(folder: Path, records: int) -> None:
    """One file of documents between blank lines."""
    text(folder, records)


def case_files(folder: Path, records: int) -> None:
    """A text file of 300 words for each document (SPACCC, EDP)."""
    for at in range(records):
        _write(folder / f"S{at:05d}.txt", words(at, 300))


def ufal(folder: Path, records: int) -> None:
    """Shuffled pairs of sentences, forty for each document."""
    pairs = (f"{words(at, 20)}\t{words(at + 1, 20)}\tsource" for at in range(40 * records))
    _gzip(folder / "shuffled.es-en.gz", "\n".join(pairs) + "\n")


def folder_files(folder: Path, records: int) -> None:
    """A page of 500 words for each document."""
    for at in range(records):
        _write(folder / f"{at}.html", f"<html><body><p>{words(at, 500)}</p></body></html>")


def bdpm(folder: Path, records: int) -> None:
    """Pages of medicines with both documents in panels, and the table of medicines."""
    _write(folder / "CIS_bdpm.txt", "".join(f"{60_000_000 + at}\tM{at} comprimé\n" for at in range(records)))
    for at in range(records):
        panels = "".join(
            f"<div id='tabpanel-{name}-panel'><nav>menu</nav><div id='contenu'>"
            + "".join(f"<p>4.{n} {words(8 * at + n, 120)}</p>" for n in range(8))
            + "</div></div>"
            for name in ("fiche-info", "rcp", "notice")
        )
        _write(folder / f"{60_000_000 + at}.html", f"<html lang='fr'><body><header>x</header>{panels}</body></html>")


def epar(folder: Path, records: int) -> None:
    """PDF files under the agency's names; reading hands them on."""
    for at in range(records):
        _write(folder / f"m{at}-epar-product-information_fr.pdf", f"%PDF-1.7\n{words(at, 2000)}")


def aifa(folder: Path, records: int) -> None:
    """The same under the Italian agency's names."""
    for at in range(records):
        _write(folder / f"FI_000001_{at:06d}.pdf", f"%PDF-1.7\n{words(at, 2000)}")


def warc(folder: Path, records: int) -> None:
    """A WARC file of pages of 500 words, a gzip member a record."""
    (folder / "pages.warc.gz").write_bytes(b"".join(_capture(at) for at in range(records)))


def crawl(folder: Path, records: int) -> None:
    """A finished crawl: the same archive, its hosts and failures, and the pin."""
    warc(folder, records)
    _write(folder / "hosts.json", "{}")
    _write(folder / "failures.jsonl", "")

    def pinned(name: str) -> dict:
        data = (folder / name).read_bytes()
        return {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "rows": 0}

    pin = {"warcs": [pinned("pages.warc.gz")], "failures": pinned("failures.jsonl"), "hosts": pinned("hosts.json")}
    _write(folder / "pin.json", json.dumps(pin))


def _capture(number: int) -> bytes:
    page = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>{words(number, 500)}</p></body></html>"
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.org/{number}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{number}>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(page.encode())}\r\n\r\n"
    )
    return gzip.compress(f"{head}{page}\r\n\r\n".encode(), 6, mtime=0)


MAKERS: dict[str, Callable[[Path, int], None]] = {
    "aifa": aifa, "bdpm": bdpm, "cima": cima, "clinicaltrials": clinicaltrials, "cowese": cowese, "crawl": crawl,
    "e3c": e3c, "edp": case_files, "emea": emea, "epar": epar, "epo": epo, "folder": folder_files,
    "huggingface": huggingface, "jats": jats, "mediawiki": mediawiki, "oai": oai, "patents": patents, "pmc": pmc,
    "pubmed": pubmed, "spaccc": case_files, "table": table, "text": text, "ufal": ufal, "warc": warc,
    "wikihtml": wikihtml,
}  # fmt: skip


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def _gzip(path: Path, content: str) -> None:
    path.write_bytes(gzip.compress(content.encode(), 6, mtime=0))
