"""Pages turned away at a glance: dropped with value and threshold, counted, never by a rule stricter than the later."""

from pathlib import Path

import pytest
from site_builds import build

from bench.probe.pages import probe_pages
from catalog.versions import Catalog
from ingest.recipe import load
from shards.errors import InputError

GERMAN = "<p>Der Hafen war voller Schiffe, und die Kinder spielten am Strand, bis die Sonne unterging.</p>" * 6
SHIPS = "<p>The harbour was full of ships, and the children played on the beach until the sun went down.</p>" * 6


def recipe(folder: Path, extraction: str) -> Path:
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    for page in probe_pages()[:3]:
        (pages / f"{page.name}.html").write_bytes(page.data)
    (pages / "german.html").write_text(f"<html><body>{GERMAN}</body></html>")
    (pages / "ships.html").write_text(f"<html><body>{SHIPS}</body></html>")
    (pages / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n....")
    path = folder / "recipe.toml"
    path.write_text(f"""name = "glance"
[[sources]]
kind = "folder"
name = "pages"
root = "pages"
[quality]
min_words = 20
max_duplicate_line_share = 1
max_duplicate_paragraph_share = 1
{extraction}
""")
    return path


def test_what_is_turned_away_is_dropped_with_its_value_and_the_accounts_balance(tmp_path: Path) -> None:
    path = recipe(tmp_path, "[extraction.html]\nother_language = 0.7\noff_topic = 0.1")
    result = build(path, tmp_path / "store")
    [funnel] = result.manifest.funnels
    assert funnel.dropped["extract.other-language"] == funnel.dropped["extract.off-topic"] == 1
    assert funnel.quarantined == {"extract.not-html": 1} and funnel.inputs == 6 and funnel.balance == 0
    catalog = Catalog(tmp_path / "store")
    verdicts = [row for blob in result.manifest.verdicts for row in catalog.store.get_table(blob).to_pylist()]
    turned = {row["reason"]: row for row in verdicts if row["stage"] == "extract" and row["verdict"] == "drop"}
    assert turned["other-language"]["language"] == "de" and turned["other-language"]["value"] > 0.7
    assert turned["off-topic"]["value"] < 0.1 == turned["off-topic"]["threshold"]
    without = build(recipe(tmp_path, ""), tmp_path / "without")
    assert sum(f.kept for f in without.manifest.funnels) == funnel.kept  # nothing that the rules keep was turned away


def test_a_glance_stricter_than_the_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"more than half of domain\.min_score"):
        load(recipe(tmp_path, "[extraction.html]\noff_topic = 0.4"))
    with pytest.raises(InputError, match="other_language"):
        load(recipe(tmp_path, "[extraction.html]\nother_language = 0.1"))
