"""The recipe after the paper: every row of its tables, every source planned without being here; the page of sources."""

import re
from collections import Counter
from pathlib import Path

from typer.testing import CliRunner

from ingest import job
from ingest.cli import app
from ingest.fetch.catalogue import FETCHERS
from ingest.recipe import load
from ingest.views.sources import abouts, page

REPOSITORY = Path(__file__).resolve().parents[2]
RECIPE = REPOSITORY / "recipes" / "medical_mt5.toml"


def test_the_rows_add_up_to_the_papers_totals() -> None:
    words: Counter[str] = Counter()
    for row in load(RECIPE, unfetched=True).document.paper:
        words[row.language] += row.words
    # research/paper.md 1.1: sums of the published rows, and of the recalled ones for French and Italian
    assert words == {"en": 1_107_800_000, "es": 956_050_000, "fr": 675_648_000, "it": 143_278_000}


def test_every_source_can_be_planned_before_it_is_here(tmp_path: Path) -> None:
    recipe = load(RECIPE, unfetched=True)
    graph, forecasts, waiting = job.predict(recipe, str(tmp_path))
    assert not graph.chains and not forecasts and waiting == [entry.name for entry in recipe.entries]
    shown = CliRunner().invoke(app, ["plan", str(RECIPE), "--root", str(tmp_path), "--offline"], terminal_width=220)
    assert shown.exit_code == 0
    for entry in recipe.entries:
        assert entry.name in shown.output
    assert "Medical Crawler" in shown.output and "nothing" in shown.output  # the rows, and what nothing replaces
    by_hand = [entry.name for entry in recipe.entries if entry.fetcher is None]
    assert f"{len(recipe.entries) - len(by_hand)} sources can be fetched" in shown.output
    assert by_hand == ["patents", "ufal", "edp"] and f"{len(by_hand)} you bring yourself" in shown.output


def test_rows_without_a_source_say_what_became_of_them() -> None:
    assert all(row.sources or row.note for row in load(RECIPE, unfetched=True).document.paper)


def test_every_kind_says_its_key_licence_rate_and_on_which_records_it_is_tested() -> None:
    tests = {path.name for path in (REPOSITORY / "tests").rglob("test_*.py")}
    for kind, about in abouts().items():
        named = re.findall(r"test_\w+\.py", about.tested)
        assert about.key and about.license and about.etiquette and named and set(named) <= tests, kind
        assert about.tested.startswith(("real: ", "written")), kind
        assert about.fetch in ("", *FETCHERS), kind
    assert {about.fetch for about in abouts().values()} - {""} == set(FETCHERS)  # no fetcher without a source


def test_recipes_name_fetchers_that_bring_what_the_reader_reads() -> None:
    for entry in load(RECIPE, unfetched=True).entries:
        if entry.fetcher is not None:
            assert isinstance(entry.fetcher, FETCHERS[entry.about.fetch]), entry.name


def test_the_page_of_sources_is_the_one_the_code_writes() -> None:
    written = (REPOSITORY / "docs" / "sources.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m ingest sources --markdown > docs/sources.md"
    assert all(f"| `{kind}` |" in written for kind in abouts())
