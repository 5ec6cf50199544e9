"""Fetchers of the medicines agencies and of Wikimedia's dumps, against answers in their publishers' own forms.

Forms followed: EMA's JSON report of EPAR documents (fields of the report of September 2026), BDPM's CIS_bdpm.txt and
`extrait` pages, AIFA's confezioni_fornitura.csv (rows as of 2026), dumps.wikimedia.org's dumpstatus.json.
"""

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from fetch_server import Request, serve

from ingest.fetch import client as fetch_client
from ingest.fetch.agencies import AifaLeaflets, BdpmPages
from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client
from ingest.fetch.ema import EmaProducts
from ingest.fetch.files import Files
from ingest.fetch.ledger import Ledger
from ingest.fetch.wikimedia import WikimediaDump
from ingest.sources.aifa import Aifa
from ingest.sources.base import Record
from ingest.sources.bdpm import Bdpm
from ingest.sources.epar import Epar
from shards.errors import InputError

PDF = b"%PDF-1.7\n"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_client, "_FIRST_PAUSE", 0.01)


def run(fetcher, root: Path, limit: int | None = None) -> tuple[list[str], list[str]]:
    """(names of new files, addresses missed)."""
    outcomes = list(fetcher.run(Client("https://example.org/about", interval=0.0), root, limit))
    new = [outcome.name for outcome in outcomes if isinstance(outcome, Fetched) and outcome.new]
    return new, [outcome.url for outcome in outcomes if isinstance(outcome, Missed)]


def records(source) -> dict[str, Record]:
    items = [item for partition in source.partitions() for item in source.read(partition)]
    return {item.key: item for item in items if isinstance(item, Record)}


def epar_row(url: str, file: str, number: str = "EMEA/H/C/000471", kind: str = "product-information") -> dict:
    return {
        "id": file, "type": kind, "name": f"{file} : EPAR - Product information", "status": "unknown",
        "medicine_name": file.split("-")[0], "ema_product_number": number, "reference_number": "",
        "first_published_date": "2009-08-07T01:00:00Z", "last_updated_date": "2026-09-23T12:00:00Z",
        "document_url": f"{url}/en/documents/{kind}/{file}",
    }  # fmt: skip


def test_product_information_comes_in_every_language_and_again_when_it_was_renewed(tmp_path: Path) -> None:
    routes: dict = {}
    with serve(routes) as site:
        rows = [
            epar_row(site.url, "abasaglar-epar-product-information_en.pdf"),
            epar_row(site.url, "tysabri-epar-product-information_en.pdf-0"),
            epar_row(site.url, "abasaglar-epar-public-assessment-report_en.pdf", kind="assessment-report"),
            epar_row(site.url, "bravecto-epar-product-information_en.pdf", "EMEA/V/C/002526"),
            epar_row(site.url, "list-epar-product-information_en.xls"),
        ]
        routes["/report.json"] = lambda request: json.dumps({"meta": {"total_records": 5}, "data": rows}).encode()
        base = "documents/product-information"
        for language in ("en", "fr"):
            routes[f"/{language}/{base}/abasaglar-epar-product-information_{language}.pdf"] = PDF + b"1"
        routes[f"/en/{base}/tysabri-epar-product-information_en.pdf-0"] = PDF
        routes[f"/fr/{base}/tysabri-epar-product-information_fr.pdf-0"] = b"<!doctype html>not found"
        fetcher = EmaProducts(f"{site.url}/report.json", ("en", "fr"))
        names = ["abasaglar-epar-product-information_en.pdf", "abasaglar-epar-product-information_fr.pdf"]
        assert run(fetcher, tmp_path, 1) == (names[:1], [])
        new, missed = run(fetcher, tmp_path)
        assert new == [names[1], "tysabri-epar-product-information_en_0.pdf"]
        assert missed == [f"{site.url}/fr/{base}/tysabri-epar-product-information_fr.pdf-0"]  # a page, not a PDF
        rows[0]["last_updated_date"] = "2026-10-30T12:00:00Z"
        for language in ("en", "fr"):
            routes[f"/{language}/{base}/abasaglar-epar-product-information_{language}.pdf"] = PDF + b"2"
        assert run(fetcher, tmp_path)[0] == names
        assert run(fetcher, tmp_path)[0] == [] and (tmp_path / names[0]).read_bytes() == PDF + b"2"
        del routes[f"/fr/{base}/tysabri-epar-product-information_fr.pdf-0"]
        assert len(run(fetcher, tmp_path)[1]) == 1  # there is none: told once, and not asked for again
        asked = len(site.requests)
        assert run(fetcher, tmp_path) == ([], []) and len(site.requests) == asked + 1  # the report alone
        rows[1]["last_updated_date"] = "2026-11-01T12:00:00Z"
        routes[f"/fr/{base}/tysabri-epar-product-information_fr.pdf-0"] = PDF
        assert len(run(fetcher, tmp_path)[0]) == 2  # both languages of the renewed document
        routes[f"/en/{base}/abasaglar-epar-product-information_en.pdf"] = (404, {}, b"")
        rows[0]["last_updated_date"] = "2026-11-02T12:00:00Z"
        assert len(run(fetcher, tmp_path)[1]) == 1 and (tmp_path / names[0]).exists()  # the old one stays
    found = records(Epar("epar", str(tmp_path)))
    assert sorted(found) == ["abasaglar:product-information:en", "abasaglar:product-information:fr",
                             "tysabri_0:product-information:en", "tysabri_0:product-information:fr"]  # fmt: skip
    assert found["tysabri_0:product-information:en"].url.endswith("/tysabri-epar-product-information_en.pdf-0")


def test_a_report_of_another_form_is_told(tmp_path: Path) -> None:
    with serve({"/report.json": b'{"medicines": []}'}) as site:
        outcomes = EmaProducts(f"{site.url}/report.json").run(Client("me", interval=0.0), tmp_path, None)
        with pytest.raises(fetch_client.FetchError, match="no list `data`"):
            list(outcomes)


CIS = (
    "61266250\tA 313 200 000 UI POUR CENT, pommade\tpommade\tcutanée\tAutorisation active\tProcédure nationale\t"
    "Commercialisée\t12/03/1998\t\t\t PHARMA DEVELOPPEMENT\tNon\r\n"
    "60004277\tABASAGLAR 100 unités/ml\tsolution\tsous-cutanée\tAutorisation active\tProcédure centralisée\t"
    "Commercialisée\t09/09/2014\t\tEU/1/14/944\t LILLY\tNon\r\n"
    "61876780\tABACAVIR ARROW 300 mg\tcomprimé\torale\tAutorisation active\tProcédure décentralisée\tCommercialisée\t"
    "22/10/2019\t\t\t ARROW GENERIQUES\tNon\r\n"
)
EXTRAIT = """<!doctype html><html lang="fr"><head><meta charset="utf-8"></head><body><header>Base de données</header>
<div id="tabpanel-fiche-info-panel"><p>Fiche info</p></div>
<div id="tabpanel-rcp-panel"><div class="fr-container"><div class="fr-no-print"><button>Imprimer</button></div>
<nav class="fr-sidemenu">Sommaire</nav><div id="contenu"><p class="AmmAnnexeTitre1"><a name="RcpDenomination">1.
DENOMINATION DU MEDICAMENT</a></p><p class="AmmCorpsTexte">ABACAVIR ARROW 300 mg</p>
<p>4.2. Posologie : 300 mg à 8 h</p></div></div></div>
<div id="tabpanel-notice-panel"><div id="contenu"><p>3. COMMENT PRENDRE ABACAVIR</p></div></div></body></html>"""


def test_the_pages_of_the_french_table_give_both_documents(tmp_path: Path) -> None:
    routes = {
        "/download/file/CIS_bdpm.txt": CIS.encode("cp1252"),
        "/medicament/61876780/extrait": EXTRAIT.encode(),
        "/medicament/61266250/extrait": b'<html><div id="tabpanel-rcp-et-notice-panel"><a>EMA</a></div></html>',
    }
    with serve(routes) as site:
        fetcher = BdpmPages(site.url)
        assert run(fetcher, tmp_path, 1)[0] == ["CIS_bdpm.txt", "61266250.html"]
        assert run(fetcher, tmp_path)[0] == ["61876780.html"]
        assert run(fetcher, tmp_path)[0] == []
        assert not any("60004277" in path for path in site.paths)  # the EMA's
        routes["/download/file/CIS_bdpm.txt"] = b""
        with pytest.raises(fetch_client.FetchError, match="served empty"):
            run(fetcher, tmp_path)
    source = Bdpm("bdpm", str(tmp_path))
    found = records(source)
    assert sorted(found) == ["61876780:N", "61876780:R"]
    summary = found["61876780:R"]
    assert summary.title == "ABACAVIR ARROW 300 mg" and summary.url.endswith("/medicament/61876780/extrait#tab-rcp")
    assert "300 mg à 8 h".encode() in summary.payload and b"COMMENT PRENDRE" in found["61876780:N"].payload
    assert not any(word in summary.payload for word in (b"Imprimer", b"Sommaire", b"Fiche info", b"COMMENT PRENDRE"))
    items = [item for partition in source.partitions() for item in source.read(partition)]
    assert [(item.key, item.reason) for item in items if not isinstance(item, Record)] == [("61266250", "no-text")]


AIFA_HEAD = (
    '"CODICE_AIC";"COD_FARMACO";"COD_CONFEZIONE";"DENOMINAZIONE";"DESCRIZIONE";"CODICE_DITTA";"RAGIONE_SOCIALE";'
    '"STATO_AMMINISTRATIVO";"TIPO_PROCEDURA";"FORMA";"CODICE_ATC";"PA_ASSOCIATI";"FORNITURA";"LINK_FI";"LINK_RCP"\r\n'
)


def aifa_row(url: str, company: int, medicine: int, package: int, state: str = "Autorizzata") -> str:
    link = f"{url}/organizzazione/{company}/farmaci/{medicine}/stampati?ts="
    return (
        f'"{medicine:06d}{package:03d}";"{medicine:06d}";"{package:03d}";"TACHIPIRINA";"""500 MG"" 10 CPR";{company};'
        f'"ANGELINI";"{state}";"Procedura Nazionale";"Compressa";"N02BE01";"PARACETAMOLO";"OTC";'
        f'"{link}FI";"{link}RCP"\r\n'
    )


def test_the_italian_table_leads_to_a_leaflet_and_a_summary_of_each_medicine(tmp_path: Path) -> None:
    octets = {"Content-Type": "application/octet-stream"}
    routes: dict = {"/organizzazione/219/farmaci/12745/stampati?ts=FI": PDF}
    routes["/organizzazione/219/farmaci/12745/stampati?ts=RCP"] = (200, octets, PDF)
    with serve(routes) as site:
        rows = [
            aifa_row(site.url, 219, 12745, 1),
            aifa_row(site.url, 219, 12745, 2),
            aifa_row(site.url, 3, 9, 1, "Revocata"),
        ]
        rows.append(aifa_row(site.url, 7, 8, 1).replace("stampati?ts=RCP", "altro").replace("TACHI", "È"))
        routes["/farmaci.csv"] = ("\ufeff" + AIFA_HEAD + "".join(rows)).encode()
        fetcher = AifaLeaflets(f"{site.url}/farmaci.csv")
        assert run(fetcher, tmp_path, 1)[0] == ["FI_000219_012745.pdf"]
        new, missed = run(fetcher, tmp_path)
        assert new == ["RCP_000219_012745.pdf"]
        assert missed == [
            f"{site.url}/organizzazione/7/farmaci/8/stampati?ts=FI",
            f"{site.url}/organizzazione/7/farmaci/8/altro",
        ]
        routes["/farmaci.csv"] = AIFA_HEAD.replace("LINK_RCP", "RCP").encode()
        with pytest.raises(fetch_client.FetchError, match="no column LINK_RCP"):
            run(fetcher, tmp_path)
    found = records(Aifa("aifa", str(tmp_path)))
    assert sorted(found) == ["012745:FI", "012745:RCP"]
    assert found["012745:RCP"].url.endswith("/organizzazione/219/farmaci/12745/stampati?ts=RCP")


def dump_status(day: str, state: str, data: bytes) -> bytes:
    def job(name: str) -> dict:
        file = f"itwiki-{day}-{name}"
        facts = {"size": len(data), "url": f"/itwiki/{day}/{file}", "md5": hashlib.md5(data).hexdigest(), "sha1": "0"}
        return {"status": state, "updated": "2026-11-02 01:02:03", "files": {file: facts}}

    tables = {"pagetable": "page.sql.gz", "categorylinkstable": "categorylinks.sql.gz",
              "linktargettable": "linktarget.sql.gz", "articlesdump": "pages-articles.xml.bz2"}  # fmt: skip
    return json.dumps({"jobs": {name: job(file) for name, file in tables.items()}, "version": "0.8"}).encode()


def test_a_wiki_comes_with_its_tables_of_the_newest_day_that_is_done(tmp_path: Path) -> None:
    data = b"dump"
    routes: dict = {
        "/itwiki/": b'<a href="20261020/">x</a><a href="20261101/">x</a><a href="20261120/">x</a><a href="latest/">'
    }
    for day, state in (("20261020", "done"), ("20261101", "done"), ("20261120", "waiting")):
        routes[f"/itwiki/{day}/dumpstatus.json"] = dump_status(day, state, data)
        for name in ("page.sql.gz", "categorylinks.sql.gz", "linktarget.sql.gz", "pages-articles.xml.bz2"):
            routes[f"/itwiki/{day}/itwiki-{day}-{name}"] = data
    with serve(routes) as site:
        fetcher = WikimediaDump("itwiki", base=site.url)
        assert run(fetcher, tmp_path, 1)[0] == ["itwiki-20261101-page.sql.gz"]
        routes["/itwiki/20261120/dumpstatus.json"] = dump_status("20261120", "done", data)
        new, missed = run(fetcher, tmp_path)  # the day that has begun is kept
        assert not missed and all(name.startswith("itwiki-20261101-") for name in new) and len(new) == 3
        assert run(fetcher, tmp_path) == ([], [])
        routes["/itwiki/20261120/itwiki-20261120-page.sql.gz"] = b"other"
        assert (
            len(run(WikimediaDump("itwiki", "20261120", base=site.url), tmp_path / "new")[1]) == 1
        )  # its MD5 is wrong
        with pytest.raises(fetch_client.FetchError):
            run(WikimediaDump("itwiki", "20200101", base=site.url), tmp_path / "old")
    with pytest.raises(InputError, match="no table revision"):
        WikimediaDump("itwiki", tables=("revision",))
    (tmp_path / "itwiki-20261120-page.sql.gz").touch()
    with pytest.raises(InputError, match="several days"):
        run(fetcher, tmp_path)


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def tarred(members: dict[str, bytes], link: str | None = None) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        if link:
            info = tarfile.TarInfo("link.txt")
            info.type, info.linkname = tarfile.SYMTYPE, link
            archive.addfile(info)
    return target.getvalue()


def test_archives_are_unpacked_once_and_only_what_is_wanted(tmp_path: Path) -> None:
    data = {"/SPACCC.zip": zipped({"SPACCC/corpus/S1.txt": b"Caso 1", "SPACCC/README.md": b"x"}),
            "/ufal.tar.gz": tarred({"UFAL/shuffled.es-en.gz": b"gz", "UFAL/README": b"x"}, "/etc/passwd")}  # fmt: skip
    with serve(data) as site:
        for path, pattern, member in (
            ("/SPACCC.zip", "*.txt", "SPACCC/corpus/S1.txt"),
            ("/ufal.tar.gz", "*/shuffled.*", "UFAL/shuffled.es-en.gz"),
        ):  # fmt: skip
            fetcher = Files((site.url + path,), md5=(hashlib.md5(data[path]).hexdigest(),), unpack=(pattern,))
            assert run(fetcher, tmp_path) == ([path[1:]], [])
            assert (tmp_path / member).is_file()
            (tmp_path / member).unlink()
            assert run(fetcher, tmp_path) == ([], []) and not (tmp_path / member).exists()
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        ".SPACCC.zip.unpacked", ".ufal.tar.gz.unpacked", "SPACCC.zip", "ufal.tar.gz",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (zipped({"../out.txt": b"x"}), "leave the folder"), (zipped({"/tmp/out.txt": b"x"}), "leave the folder"),
        (zipped({"a.txt": bytes(5000)}), "more than 1,000 bytes"), (zipped({"a.md": b"x"}), "no member matches"),
        (zipped({"a.txt": b"x"})[:-30], "cannot be unpacked"),
    ],
)  # fmt: skip
def test_dishonest_and_damaged_archives_are_missed_with_their_reason(tmp_path: Path, data: bytes, told: str) -> None:
    with serve({"/a.zip": data}) as site:
        fetcher = Files((f"{site.url}/a.zip",), unpack=("*.txt",), most_unpacked=1000)
        outcomes = list(fetcher.run(Client("me", interval=0.0), tmp_path / "root", None))
    assert isinstance(outcomes[-1], Missed) and told in outcomes[-1].reason
    assert not (tmp_path / "out.txt").exists()


def test_a_ledger_outlives_a_writer_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / ".ledger.jsonl").write_text('{"name": "a", "version": "", "here": false}\n{"name": "b", "ver')
    with serve({"/b": b"x", "/a": b"x"}) as site:
        client = Client("me", interval=0.0)
        assert Ledger(tmp_path).bring(client, f"{site.url}/a", "a") is None
        assert isinstance(Ledger(tmp_path).bring(client, f"{site.url}/b", "b"), Fetched)
        assert isinstance(Ledger(tmp_path).bring(client, f"{site.url}/a", "a", "2"), Fetched)
    lines = (tmp_path / ".ledger.jsonl").read_text().splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["a", "b", "a"]


def test_a_busy_agency_is_waited_for(tmp_path: Path) -> None:
    answers = iter([(429, {"Retry-After": "0"}, b""), (503, {}, b"")])

    def busy(request: Request):
        return next(answers, PDF)

    with serve({"/report.json": b"", "/organizzazione/1/farmaci/2/stampati": busy}) as site:
        rows = AIFA_HEAD + aifa_row(site.url, 1, 2, 1)
        (tmp_path / "x").mkdir()
        fetcher = AifaLeaflets(f"{site.url}/t.csv", ("FI",))
        with serve({"/t.csv": rows.encode()}) as table:
            fetcher = AifaLeaflets(f"{table.url}/t.csv", ("FI",))
            assert run(fetcher, tmp_path / "x") == (["FI_000001_000002.pdf"], [])
        assert len(site.requests) == 3
