"""Tuning: what it says a threshold would keep is what a build with that threshold keeps; and it runs nothing."""

from pathlib import Path

import polars as pl
import pytest
from site_builds import build
from typer.testing import CliRunner

from ingest import job
from ingest.cli import app
from ingest.recipe import load
from ingest.tune.measure import Curve, Tuning, measure, texts
from shards.errors import InputError
from shards.store import Store


@pytest.fixture(scope="module")
def built(folder_recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the sample site's pages have been scored."""
    root = tmp_path_factory.mktemp("tune") / "store"
    build(folder_recipe, root)
    return root


def tuned(recipe: Path, root: Path) -> Tuning:
    graph, _, _ = job.predict(load(recipe), str(root))
    return measure(graph, Store(str(root)))


def passed_rules(recipe: Path, root: Path) -> dict[str, int]:
    """Documents of each source that a build of the recipe brings to deduplication."""
    manifest = build(recipe, root).manifest
    late = {f.source: sum(n for why, n in f.dropped.items() if why.startswith("dedup.")) for f in manifest.funnels}
    return {funnel.source: funnel.kept + late[funnel.source] for funnel in manifest.funnels}


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("quality.min_words", 230),
        ("quality.max_words", 200),
        ("quality.min_stop_word_share", 0.4),
        ("domain.min_score", 0.93),
        ("domain.min_score", 0.01),
    ],
)
def test_a_predicted_threshold_keeps_what_a_build_with_it_keeps(
    built: Path, folder_recipe: Path, tmp_path: Path, rule: str, value: float
) -> None:
    curve = tuned(folder_recipe, built).curve(rule)
    told = curve.kept([value], ["source"])
    section, key = rule.split(".")
    other = tmp_path / "other.toml"
    text = folder_recipe.read_text().replace("min_words = 60\n", "" if key == "min_words" else "min_words = 60\n")
    addition = f"{key} = {value}\n" if section == "quality" else f"[{section}]\n{key} = {value}\n"
    other.write_text(text + addition)
    found = passed_rules(other, built)
    assert dict(zip(told["source"], told["documents"], strict=True)) == found
    assert sum(found.values()) != sum(passed_rules(folder_recipe, built).values())  # the case tells something


def test_tuning_reads_scores_and_runs_nothing(built: Path, folder_recipe: Path) -> None:
    before = sorted(path.name for path in (built / "receipts").rglob("*.json"))
    tuning = tuned(folder_recipe, built)
    assert sorted(path.name for path in (built / "receipts").rglob("*.json")) == before
    assert tuning.documents > tuning.passing > 0 and not tuning.unscored


def test_samples_stand_nearest_to_the_threshold_and_their_texts_are_theirs(built: Path, folder_recipe: Path) -> None:
    graph, _, _ = job.predict(load(folder_recipe), str(built))
    store = Store(str(built))
    curve = measure(graph, store, samples=3).curve("domain.min_score")
    kept, dropped = ([one for one in curve.samples if one.kept is side] for side in (True, False))
    assert kept and dropped and min(one.value for one in kept) >= 0.5 > max(one.value for one in dropped)
    assert [one.distance for one in kept] == sorted(one.distance for one in kept)
    assert kept[0].value == pytest.approx(curve.counts.filter(pl.col("value") >= 0.5)["value"].min(), abs=1e-4)
    quoted = texts(graph, store, curve.samples)
    assert all(quoted[one.chain, one.row][1] for one in curve.samples)


def test_a_value_on_the_threshold_is_counted_as_the_rule_counts_it() -> None:
    counts = pl.DataFrame({"source": ["a"] * 3, "language": ["en"] * 3, "value": [0.1, 0.2, 0.3],
                           "documents": [1, 10, 100], "words": [1, 1, 1]})  # fmt: skip
    most = Curve("quality.max_x", "maximum", {"en": 0.2}, counts)
    least = Curve("quality.min_x", "minimum", {"en": 0.2}, counts)
    assert most.kept([0.2], [])["documents"].to_list() == [11]
    assert least.kept([0.2], [])["documents"].to_list() == [110]
    assert 0.2 in most.suggestions()


def test_the_command_writes_a_page_with_plots(built: Path, folder_recipe: Path, tmp_path: Path) -> None:
    arguments = ["tune", str(folder_recipe), "--root", str(built), "--rule", "quality.min_words", "--at", "100"]
    done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path)])
    assert done.exit_code == 0 and "nearest to it" in done.output
    page = (tmp_path / "tune.md").read_text()
    assert "| 100 |" in page and "(today)" in page
    assert (tmp_path / "quality-min_words.png").stat().st_size > 10_000
    frame = pl.read_csv(tmp_path / "curves.csv")
    assert {"rule", "threshold", "source", "language", "documents", "words"} == set(frame.columns)


def test_what_cannot_be_tuned_is_refused_with_a_way_out(built: Path, folder_recipe: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there are: .*quality\.min_words"):
        tuned(folder_recipe, built).curve("quality.words")
    with pytest.raises(InputError, match="nothing has been scored yet"):
        tuned(folder_recipe, tmp_path / "empty")
