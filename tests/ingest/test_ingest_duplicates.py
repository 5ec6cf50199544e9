"""Duplicates in a build, end to end: detected languages keep translations apart, captures of one page become one."""

import io
from pathlib import Path

from site_builds import build
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from catalog.versions import Catalog
from dedup import evidence

ROWS = [(age, 8 + age % 7, 90 + 3 * age, 55 + 2 * age, 0.1 + age / 20) for age in range(2, 42)]
TABLE = "\n".join(f"{age} | {pulse} | {high} | {low} | {dose:.2f} |" for age, pulse, high, low, dose in ROWS)
ADVICE = {
    "fr": "# Tension artérielle\n\nLe tableau donne la tension artérielle normale des enfants et adultes selon l'âge. "
    "Le médecin la mesure au repos, sur le bras droit, et répète la mesure si le résultat est trop élevé.",
    "it": "# Pressione arteriosa\n\nLa tabella riporta la pressione arteriosa normale di bambini e adulti per età. "
    "Il medico la misura a riposo, sul braccio destro, e ripete la misura se il risultato è troppo alto.",
}  # fmt: skip
PARAGRAPH = (
    "Patients with asthma should carry their reliever inhaler at all times, and see the nurse of the clinic when they "
    "need it on more than two days a week. Reason number {n} for a visit is a cough at night, reason {m} is wheezing. "
)
RULES = '[domain]\nmin_score = 0\n[quality]\npreset = "none"\n[dedup]\nthreshold = {threshold}\n'


def removed(root: Path, name: str) -> list[dict]:
    catalog = Catalog(root)
    return evidence.removals(catalog.store, catalog.resolve(name).verdicts).to_dicts()


def test_a_page_and_its_translation_are_two_documents_whatever_table_they_share(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for language, advice in ADVICE.items():
        (folder / f"{language}.txt").write_text(f"{advice}\n\n{TABLE}\n", encoding="utf-8")
    (folder / "fr2.txt").write_text(f"{ADVICE['fr']}\n\n{TABLE}\n\nMise à jour en mai.\n", encoding="utf-8")
    source = '[[sources]]\nkind = "folder"\nname = "pages"\nroot = "pages"\npatterns = ["*.txt"]\n'
    path = tmp_path / "tables.toml"
    path.write_text(f'name = "tables"\n{source}[language]\nmin_confidence = 0.1\n{RULES.format(threshold=0.6)}')
    manifest = build(path, tmp_path / "store").manifest
    assert {shard.language: shard.rows for shard in manifest.shards} == {"fr": 1, "it": 1}
    [lost] = removed(tmp_path / "store", "tables")
    assert lost["method"] == "near-duplicate"


def test_captures_of_one_page_become_one_document_and_those_of_the_entry_stay(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    captures = [
        (url, day, "".join(f"<p>{PARAGRAPH.format(n=n, m=n + 7)}</p>" for n in range(first, first + 12)))
        for url, start in (("https://clinic.example/asthma.html", 0), ("https://clinic.example/", 100))
        for day, first in (("2024-01-05", start), ("2025-02-06", start + 4))
    ]
    with (folder / "pages.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, day, body in captures:
            page = f"<html><head><title>Asthma</title></head><body><article>{body}</article></body></html>".encode()
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], "HTTP/1.1")
            dated = {"WARC-Date": f"{day}T10:00:00Z"}
            writer.write_record(
                writer.create_warc_record(url, "response", io.BytesIO(page), http_headers=head, warc_headers_dict=dated)
            )
    source = '[[sources]]\nkind = "warc"\nname = "archive"\nroot = "archive"\nboilerplate = false\n'
    path = tmp_path / "captures.toml"
    path.write_text(f'name = "captures"\n{source}{RULES.format(threshold=0.95)}')
    manifest = build(path, tmp_path / "store").manifest
    [lost] = removed(tmp_path / "store", "captures")
    assert lost["method"] == "same-url" and lost["threshold"] == 0.3 <= lost["similarity"] < 0.95
    assert sum(shard.rows for shard in manifest.shards) == 3
