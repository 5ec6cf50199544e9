"""The card says what the manifest says, all of it and nothing else."""

import dataclasses
import re
import types

import pytest
import yaml
from catalog_fixture import build
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from catalog import licenses, summary
from catalog.card import card, license_file
from catalog.manifest import CappedBucket, Composition, Manifest
from catalog.plots import short, write_plots
from shards import schema
from shards.errors import BuildError


def _header(text: str) -> dict:
    return yaml.safe_load(text.split("---\n")[1])


def test_header_tells_the_hub_what_it_needs(manifest):
    header = _header(card(manifest))
    assert sorted(header["language"]) == ["en", "es", "fr", "it"]
    assert (header["license"], header["license_name"], header["license_link"]) == ("other", "mixed", "LICENSES.md")
    assert header["task_categories"] == ["text-generation", "fill-mask"] and header["tags"] == ["medical"]
    assert header["size_categories"] == ["n<1K"]
    configs = {config["config_name"]: config for config in header["configs"]}
    assert set(configs) == {"all", "en", "es", "fr", "it"} and configs["all"]["default"] is True
    assert configs["fr"]["data_files"] == [{"split": "train", "path": "data/fr/train-*.parquet"}]


def test_every_number_of_the_manifest_is_on_the_card(manifest):
    text = card(manifest)
    for part in manifest.composition:
        license = part.license or "not stated"
        assert f"| {part.language} | {part.source} | {license} | {part.documents:,} | {part.words:,} |" in text
    for funnel in manifest.funnels:
        section = text.split(f"**{funnel.source}**\n")[1].split("**kept**")[0]
        assert f"| inputs | {funnel.inputs:,} |" in section
        for reason, count in funnel.dropped.items():
            assert f"| dropped: {reason} | {count:,} |" in section
        for reason, count in funnel.quarantined.items():
            assert f"| quarantined: {reason} | {count:,} |" in section
    for field in schema.DOCUMENT:
        assert f"| `{field.name}` |" in text
    assert "| `dedup.min_similarity` | 0.8 |" in text and "| `language.keep` | en, fr, it, es |" in text
    assert manifest.id in text and "2404.07613" in text and "corpus@example.org" in text
    assert "2 (rights.opt-out)" in text


def test_card_reads_the_same_from_the_store_as_from_the_build(catalog, manifest):
    catalog.commit(manifest)
    assert card(catalog.resolve("demo")) == card(manifest)


def test_recipe_with_a_name_only_is_enough_and_nothing_is_claimed_for_it(manifest):
    text = card(dataclasses.replace(manifest, recipe={"name": "bare"}))
    assert "names no contact" in text and "not deduplicated" in text and "scored" not in text
    assert "Settings of the recipe" not in text


def test_what_was_not_done_is_said_until_the_recipe_does_it(manifest):
    text = card(manifest)
    assert "Personal data were not masked" in text and "No decontamination" in text
    done = manifest.recipe | {"privacy": {"mask": ["email"]}, "decontaminate": {"ngram": 13}}
    text = card(dataclasses.replace(manifest, recipe=done))
    assert "were not masked" not in text and "No decontamination" not in text and "`ngram` = 13" in text


def test_opt_outs_that_were_not_honoured_are_told(manifest):
    assert "not to honour" not in card(manifest)
    ignoring = manifest.recipe | {"rights": {"honour_opt_outs": False}}
    assert "told not to honour opt-outs" in card(dataclasses.replace(manifest, recipe=ignoring))


@pytest.mark.parametrize(
    "broken",
    [
        {"sources": [{"name": "pubmed", "kind": "pubmed"}]},
        {"sources": [{"name": "pubmed", "kind": "pubmed", "partitions": [{"name": "x", "sha256": "0"}]}]},
        {"composition": [Composition("web", "en", None, None, 10, 50)]},
    ],
)
def test_missing_number_is_an_error_not_a_gap(manifest, broken):
    with pytest.raises(BuildError, match="cannot be written"):
        card(dataclasses.replace(manifest, **broken))


def test_changes_since_a_parent_are_listed(catalog, manifest):
    child = build(catalog.store, documents=15, parents=(manifest.id, "0123456789abcdef"))
    child = dataclasses.replace(
        child,
        recipe=child.recipe | {"quality": {"min_words": 30}},
        software=child.software | {"trafilatura": "2.4.0"},
    )
    text = card(child, [(manifest.id, manifest), ("0123456789abcdef", None)])
    changes = text.split(f"Since `{manifest.id}`:")[1]
    assert re.search(r"- language en: 24 → 30 documents, 3,688 → [\d,]+ words", changes)
    assert "- quality.min_words: 20 → 30" in changes and "- quality.max_symbol_ratio: 0.1 → absent" in changes
    assert "- trafilatura: 2.3.1 → 2.4.0" in changes
    assert "`0123456789abcdef` is not in the catalog" in changes


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        (["CC-BY-4.0"], "cc-by-4.0"),
        (["CC-BY-4.0", "CC-BY-SA-4.0"], ["cc-by-4.0", "cc-by-sa-4.0"]),
        (["CC-BY-4.0", "LicenseRef-NLM"], "other"),
        (["LicenseRef-NLM"], "other"),
        ([None], "other"),
        (["ODC-By-1.0"], "odc-by"),
    ],
)
def test_licences_are_told_in_the_words_of_the_hub(manifest, stated, told):
    parts = [Composition("web", "en", license, 1, 10, 50) for license in stated]
    fields = licenses.hub_fields(dataclasses.replace(manifest, composition=parts))
    assert fields["license"] == told
    assert ("license_name" in fields) == (told == "other")


def test_license_file_links_the_texts(manifest):
    text = license_file(manifest)
    assert "https://spdx.org/licenses/CC-BY-SA-4.0.html" in text
    assert "| LicenseRef-NLM | pubmed | 12 |" in text and "| not stated | web | 48 |" in text


def test_plots_are_readable_images_with_equal_bytes_for_equal_manifests(manifest, tmp_path):
    one, two = write_plots(manifest, tmp_path / "one"), write_plots(manifest, tmp_path / "two")
    assert [path.name for path in one] == ["composition.png", "funnel.png", "lengths.png"]
    for first, second in zip(one, two, strict=True):
        assert first.read_bytes() == second.read_bytes()
        image = imread(first)
        assert image.shape[1] >= 1200 and image[..., :3].std() > 0.05  # wide enough for the Hub, and not blank


def test_version_without_documents_still_has_a_card(manifest, tmp_path):
    empty = dataclasses.replace(manifest, shards=[], composition=[], lengths={}, funnels=[])
    assert "**0 documents**" in card(empty)
    assert len(write_plots(empty, tmp_path)) == 3


@given(st.integers(0, 10**13))
def test_short_numbers_are_within_half_a_percent(value):
    text = short(value)
    scale = {"k": 1e3, "M": 1e6, "B": 1e9}.get(text[-1], 1)
    assert abs(float(text.rstrip("kMB")) * scale - value) <= max(0.05 * scale, 0.005 * value) if scale > 1 else True
    assert value >= 10**12 or len(text) <= 6


counts = st.integers(0, 10**9)
parts = st.lists(
    st.builds(Composition, st.sampled_from("ab"), st.sampled_from(["en", "fr"]), st.none(), counts, counts, counts)
)


@given(parts)
def test_sums_by_any_field_add_up_to_the_total(composition):
    version = types.SimpleNamespace(composition=composition)
    whole = summary.total(version)
    for by in (["source"], ["language"], ["license", "source"]):
        assert sum(summary.amounts(version, *by).values(), summary.Amount()) == whole


def test_buckets_that_were_too_large_are_on_the_card_and_leave_no_trace_where_there_are_none(manifest):
    assert "too large to match" not in card(manifest) and "capped" not in manifest.as_json()
    capped = dataclasses.replace(manifest, capped=[CappedBucket(3, "00ff00ff00ff00ff", 1_234_567)])
    assert "| 3 | `00ff00ff00ff00ff` | 1,234,567 |" in card(capped)
    assert Manifest.from_json(capped.as_json()) == capped


def test_settings_read_as_a_recipe_says_them_and_a_list_of_tables_has_a_row_each() -> None:
    tables = [{"name": "one", "path": "", "words": 5.0, "only": None}, {"name": "two", "fields": ["a", "b"]}]
    flat = summary.settings(
        {"decontaminate": {"benchmarks": tables, "share": 0.4, "none": None, "list": [], "on": True}}
    )
    assert flat == {
        "decontaminate.benchmarks.one": "words 5", "decontaminate.benchmarks.two": "fields a, b",
        "decontaminate.list": "–", "decontaminate.none": "–", "decontaminate.on": "true", "decontaminate.share": "0.4",
    }  # fmt: skip
