"""What splitting and boilerplate removal add to a manifest: it balances, is shown, and older ones stay as they are."""

import dataclasses
from pathlib import Path

import pytest
from catalog_fixture import build
from rich.console import Console

from catalog import plots, views
from catalog.accounting import check_balance
from catalog.card import card
from catalog.manifest import Boilerplate, Manifest, Repeat
from shards.errors import BuildError
from shards.store import Store

BOILERPLATE = Boilerplate(
    "web",
    40,
    30,
    2,
    75,
    4321,
    [Repeat("Home | Search `now` <b>", "clinic.example", 25, 0.625), Repeat("Menu", "", 20, 0.5)],
)


@pytest.fixture
def plain(tmp_path: Path) -> Manifest:
    return build(Store(tmp_path))


@pytest.fixture
def refined(plain: Manifest) -> Manifest:
    """The manifest, but seven of its web documents were split off others."""
    web = plain.funnels[-1]
    funnels = [*plain.funnels[:-1], dataclasses.replace(web, inputs=web.inputs - 7, split=7)]
    return dataclasses.replace(plain, funnels=funnels, boilerplate=[BOILERPLATE])


def test_a_manifest_without_refinement_says_nothing_of_it_so_that_older_ones_keep_their_id(plain: Manifest) -> None:
    written = plain.as_json()
    assert "boilerplate" not in written
    assert all("split" not in funnel for funnel in written["funnels"])
    assert Manifest.from_json(written) == plain


def test_a_refined_manifest_is_read_as_it_was_written(plain: Manifest, refined: Manifest) -> None:
    assert Manifest.from_json(refined.as_json()) == refined
    assert refined.id != plain.id


def test_split_documents_are_part_of_the_balance(refined: Manifest) -> None:
    check_balance(refined)
    wrong = dataclasses.replace(refined.funnels[-1], split=8)
    with pytest.raises(BuildError, match=r"inputs \+ 8 split off are not .*\(\+1 unaccounted for\)"):
        check_balance(dataclasses.replace(refined, funnels=[*refined.funnels[:-1], wrong]))


def test_cards_views_and_plots_show_what_was_split_and_removed(
    refined: Manifest, plain: Manifest, tmp_path: Path
) -> None:
    text = card(refined)
    assert "| split off: parts in another language | 7 |" in text
    assert "| web | 40 | 30 | 2 | 75 | 4,321 |" in text
    assert "| web | clinic.example | `Home \\| Search 'now' <b>` | 25 | 62.5% |" in text
    assert "| web | all of it | `Menu` | 20 | 50.0% |" in text
    assert "\n\n\n" not in text.partition("## What became")[2].partition("## Fields")[0]
    for absent in ("split off", "Repeated text"):
        assert absent not in card(plain)
    console = Console(record=True, width=200)
    console.print(views.funnels(refined))
    console.print(views.version(refined))
    shown = console.export_text()
    assert "split off by language" in shown
    assert "Home | Search `now` <b>" in shown
    before, after = (plots.write_plots(manifest, tmp_path)[1].read_bytes() for manifest in (plain, refined))
    assert before != after
