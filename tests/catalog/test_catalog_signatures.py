"""What deduplication adds to a manifest: older ones keep their id, signatures are verified, clusters are shown."""

import dataclasses
from pathlib import Path

import pytest
from catalog_fixture import build
from rich.console import Console

from catalog import verify, views
from catalog.card import card
from catalog.manifest import Cluster, Manifest, Signatures
from catalog.versions import Catalog
from shards.errors import BuildError

CLUSTER = Cluster("0f" * 16, 1234, ["exact-duplicate", "near-duplicate"], 0.8125)
LATER = {"signatures", "against", "clusters"}


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "store")


@pytest.fixture
def plain(catalog: Catalog) -> Manifest:
    return build(catalog.store)


@pytest.fixture
def signed(catalog: Catalog, plain: Manifest) -> Manifest:
    """The manifest with signatures beside its verdicts, other versions left out and a large cluster."""
    objects = [catalog.store.put_table(catalog.store.get_table(blob, ["doc_id"]), None) for blob in plain.verdicts]
    recipe = plain.recipe | {"dedup": {"list_clusters_over": 1000}}
    signatures = Signatures({"step": "signature", "version": 5, "parameters": {"ngram": 5}}, objects)
    return dataclasses.replace(plain, recipe=recipe, signatures=signatures, against=["ab" * 8], clusters=[CLUSTER])


def test_a_manifest_without_them_says_nothing_of_them_so_that_older_ones_keep_their_id(plain: Manifest) -> None:
    assert not LATER & plain.as_json().keys()
    assert Manifest.from_json(plain.as_json()) == plain


def test_a_manifest_with_them_is_read_as_it_was_written(plain: Manifest, signed: Manifest) -> None:
    assert signed.as_json().keys() >= LATER
    assert Manifest.from_json(signed.as_json()) == signed and signed.id != plain.id


def test_signatures_are_objects_of_the_version(catalog: Catalog, signed: Manifest) -> None:
    assert verify.verify(catalog.store, signed).sound
    path = Path(catalog.store.path(signed.signatures.objects[0].path))
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    report = verify.verify(catalog.store, signed)
    assert report.damaged == (signed.signatures.objects[0],) and "digest" in report.problems[0]
    path.unlink()
    with pytest.raises(BuildError, match=r"signatures .* is missing"):
        catalog.commit(signed)


def test_cards_and_views_show_large_clusters_and_what_was_left_out(plain: Manifest, signed: Manifest) -> None:
    text = card(signed)
    assert f"| `{CLUSTER.winner}` | 1,234 | 0.812 | exact-duplicate, near-duplicate |" in text
    assert "More than 1,000 documents gave way" in text and f"| Holds nothing of | `{'ab' * 8}` |" in text
    assert "\n\n\n" not in text.partition("## What became")[2].partition("## Fields")[0]
    console = Console(record=True, width=200)
    console.print(views.version(signed))
    shown = console.export_text()
    assert CLUSTER.winner in shown and "1,234" in shown
    for absent in ("Large clusters", "Holds nothing"):
        assert absent not in card(plain)
