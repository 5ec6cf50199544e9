"""Commit, resolve, tag, lineage and rebuild."""

import dataclasses
import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from catalog_fixture import build, with_a_document_twice

from catalog.index import LATEST
from catalog.manifest import Manifest
from catalog.versions import Catalog, check_tags
from shards.errors import BuildError, CorruptionError, InputError
from shards.store import Store


def test_commit_makes_a_version_visible_with_its_numbers(catalog, manifest):
    version = catalog.commit(manifest)
    (entry,) = catalog.list()
    assert (entry.id, entry.name, entry.tags) == (version, "demo", ("latest",))
    assert entry.documents == sum(shard.rows for shard in manifest.shards) == 96
    assert entry.words == sum(shard.words for shard in manifest.shards)
    assert entry.languages == ("en", "es", "fr", "it")
    assert entry.created.tzinfo is not None
    assert catalog.resolve("demo") == manifest


def test_manifest_survives_its_file(manifest):
    assert Manifest.from_json(json.loads(json.dumps(manifest.as_json()))) == manifest


def test_commit_of_the_same_manifest_again_changes_nothing(catalog, manifest):
    first = catalog.commit(manifest)
    before = catalog.list()
    assert catalog.commit(manifest) == first
    assert catalog.list() == before
    assert catalog.commit(manifest, tags=["v1"]) == first
    assert catalog.list()[0].tags == ("latest", "v1")


def test_every_way_to_name_a_version(catalog, manifest):
    old = catalog.commit(manifest, tags=["latest", "v1"])
    new = catalog.commit(build(catalog.store, documents=5, parents=(old,)))
    for spec in ["demo", "demo@latest", new, new[:8]]:
        assert catalog.resolve(spec).id == new
    assert catalog.resolve("demo@v1").id == old
    assert [entry.id for entry in catalog.list()] == [new, old]


@pytest.mark.parametrize("spec", ["demo@v9", "other", "ffff", "", "demo@", "@latest", "%", "____"])
def test_unknown_version_is_refused_and_the_known_ones_are_listed(catalog, manifest, spec):
    catalog.commit(manifest, tags=["latest", "v1"])
    with pytest.raises(InputError, match=r"demo@latest, demo@v1"):
        catalog.resolve(spec)


def test_empty_catalog_says_how_to_build(catalog):
    with pytest.raises(InputError, match="ingest run"):
        catalog.resolve("demo")


def test_ambiguous_prefix_is_refused_with_the_candidates(catalog, manifest):
    ids = {}
    for number in range(100_000):  # two manifests whose ids begin alike
        twin = dataclasses.replace(manifest, software={"medcorpus": str(number)})
        if (other := ids.setdefault(twin.id[:4], twin)) is not twin:
            break
    first, second = catalog.commit(other), catalog.commit(twin)
    with pytest.raises(InputError) as refusal:
        catalog.resolve(first[:4])
    assert first in str(refusal.value) and second in str(refusal.value)


def test_tag_moves(catalog, manifest):
    old = catalog.commit(manifest)
    new = catalog.commit(build(catalog.store, documents=5))
    catalog.tag(old, "stable")
    assert catalog.resolve("demo@stable").id == old
    catalog.tag("demo@latest", "stable")
    assert catalog.resolve("demo@stable").id == new


@pytest.mark.parametrize("tag", ["", "a b", "v1@x", "../x"])
def test_impossible_tags_and_names_are_refused(catalog, manifest, tag):
    with pytest.raises(InputError):
        catalog.commit(manifest, tags=[tag])
    with pytest.raises(InputError):
        catalog.commit(dataclasses.replace(manifest, name=tag))
    assert catalog.list() == []


def test_unbalanced_funnel_names_the_source_and_the_numbers(catalog, manifest):
    web = manifest.funnels[2]
    broken = dataclasses.replace(web, inputs=web.inputs + 1)
    with pytest.raises(BuildError, match=r"'web': 64 inputs.*48 kept \+ 12 dropped \+ 3 quarantined \(\+1"):
        catalog.commit(dataclasses.replace(manifest, funnels=[*manifest.funnels[:2], broken]))
    assert catalog.list() == [] and not list(catalog.store.list("manifests"))


def test_composition_that_disagrees_with_funnel_or_shards_is_refused(catalog, manifest):
    part = manifest.composition[0]
    for changed in [{"documents": part.documents + 1}, {"words": part.words + 1}]:
        parts = [dataclasses.replace(part, **changed), *manifest.composition[1:]]
        with pytest.raises(BuildError, match=r"pubmed|'en'"):
            catalog.commit(dataclasses.replace(manifest, composition=parts))
    with pytest.raises(BuildError, match="length histogram"):
        catalog.commit(dataclasses.replace(manifest, lengths=manifest.lengths | {"fr": [1]}))


def test_missing_or_truncated_object_is_named(catalog, manifest):
    path = Path(catalog.store.path(manifest.verdicts[0].path))
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    with pytest.raises(BuildError, match=str(path)):
        catalog.commit(manifest)
    path.unlink()
    with pytest.raises(BuildError, match=f"verdicts {path} is missing"):
        catalog.commit(manifest)
    assert catalog.list() == []


def test_what_a_missing_object_needs_is_said(catalog, manifest):
    Path(catalog.store.path(manifest.shards[0].blob.path)).unlink()
    with pytest.raises(BuildError, match=r"nothing was committed.*`python -m ingest run` makes missing objects anew"):
        catalog.commit(manifest)


def test_two_documents_with_one_id_are_refused(catalog, manifest):
    twice = with_a_document_twice(catalog.store, manifest)
    doc_id = catalog.store.get_table(twice.shards[0].blob)["doc_id"][0].as_py()
    paths = " and ".join(catalog.store.path(entry.blob.path) for entry in twice.shards[:2])
    with pytest.raises(BuildError, match=f"1 doc_ids are of more than one document.* {doc_id} in {paths}"):
        catalog.commit(twice)
    assert catalog.list() == [] and not list(catalog.store.list("manifests"))


def test_tags_can_be_checked_before_a_build():
    assert check_tags(iter(["latest", "v1.0"])) == ["latest", "v1.0"]
    with pytest.raises(InputError, match="'a b' is no tag"):
        check_tags(["latest", "a b"])


def test_a_bad_tag_is_refused_before_anything_else(catalog, manifest):
    with pytest.raises(InputError, match="is no tag"):
        catalog.commit(dataclasses.replace(manifest, composition=[]), tags=["a b"])


def _killed_commit(root: Path) -> None:
    catalog = Catalog(root)
    catalog._database.write = lambda action: os.kill(os.getpid(), signal.SIGKILL)
    catalog.commit(build(catalog.store))


def test_kill_between_manifest_and_row_leaves_nothing_visible(catalog, manifest, tmp_path):
    child = multiprocessing.get_context("spawn").Process(target=_killed_commit, args=(tmp_path / "store",))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert list(catalog.store.list("manifests")) == [f"manifests/{manifest.id}.json"]
    assert catalog.list() == []
    with pytest.raises(InputError):
        catalog.resolve(manifest.id)
    assert catalog.rebuild() == 1
    assert catalog.resolve(manifest.id[:6]) == manifest == catalog.resolve("demo")


def test_commit_after_a_kill_finishes_it(catalog, manifest):
    catalog.store.put_json(f"manifests/{manifest.id}.json", manifest.as_json())
    assert catalog.commit(manifest) == manifest.id
    assert catalog.resolve("demo@latest") == manifest


def _commit_in_a_process(root: Path, ready, documents: list[int], ids) -> None:
    store = Store(root)
    manifests = [build(store, documents=count) for count in documents]
    ready.wait()  # both open the same, not yet existing database at once
    catalog = Catalog(root)
    ids.put([catalog.commit(manifest) for manifest in manifests])


def test_concurrent_commits_from_two_processes_are_both_kept(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready, ids = context.Barrier(2), context.Queue()
    counts = [[2, 3, 4, 5], [5, 4, 7, 8]]  # 4 and 5 are committed by both
    workers = [context.Process(target=_commit_in_a_process, args=(tmp_path, ready, own, ids)) for own in counts]
    for worker in workers:
        worker.start()
    committed = {version for _ in workers for version in ids.get(timeout=120)}
    for worker in workers:
        worker.join()
    catalog = Catalog(tmp_path)
    assert {entry.id for entry in catalog.list()} == committed and len(committed) == 6
    assert sum("latest" in entry.tags for entry in catalog.list()) == 1
    assert catalog.resolve("demo").id in committed


def test_lineage_names_parents_sources_and_recipe(catalog, manifest):
    first = catalog.commit(manifest)
    second = catalog.commit(build(catalog.store, documents=5, parents=(first,)))
    third = catalog.commit(build(catalog.store, documents=6, parents=(second, "0123456789abcdef")))
    lineage = catalog.lineage(third)
    assert [version for version, _ in lineage.ancestors] == [second, "0123456789abcdef", first]
    assert dict(lineage.ancestors)["0123456789abcdef"] is None
    assert lineage.manifest.sources[0]["partitions"][0]["sha256"] == "ab" * 32
    assert lineage.manifest.recipe["dedup"]["min_similarity"] == 0.8


def test_rebuild_from_manifests_alone_gives_the_same_index(catalog, manifest, tmp_path):
    first = catalog.commit(manifest)
    catalog.commit(build(catalog.store, documents=5, parents=(first,)))
    os.utime(tmp_path / "store" / "manifests" / f"{first}.json", (1e9, 1e9))
    before = catalog.list()
    for file in (tmp_path / "store").glob("catalog.sqlite*"):
        file.unlink()
    again = Catalog(tmp_path / "store")
    assert again.list() == []
    assert again.rebuild() == 2
    after = again.list()
    timeless = [dataclasses.replace(entry, created=None, host=None) for entry in before]
    assert [dataclasses.replace(entry, created=None, host=None) for entry in after] == timeless
    assert after[1].created.timestamp() == 1e9


def test_rebuild_keeps_tags_and_drops_versions_without_manifest(catalog, manifest):
    kept = catalog.commit(manifest, tags=["v1"])
    gone = catalog.commit(build(catalog.store, documents=5))
    catalog.store.delete(f"manifests/{gone}.json")
    with pytest.raises(CorruptionError, match=gone):
        catalog.resolve("demo")
    assert catalog.rebuild() == 1
    (entry,) = catalog.list()
    assert entry.id == kept and entry.tags == (LATEST, "v1") and entry.host is not None


def test_altered_manifest_is_found(catalog, manifest):
    version = catalog.commit(manifest)
    path = Path(catalog.store.path(f"manifests/{version}.json"))
    path.write_text(path.read_text().replace('"inputs": 14', '"inputs": 15'))
    with pytest.raises(CorruptionError, match="its content is that of"):
        catalog.resolve("demo")
    with pytest.raises(CorruptionError):
        catalog.commit(manifest)


def test_remote_store_asks_for_a_database():
    with pytest.raises(InputError, match="--database"):
        Catalog("memory://corpus")


def test_remote_store_works_with_a_database(tmp_path):
    catalog = Catalog("memory://corpus", f"sqlite:///{tmp_path}/team.sqlite")
    version = catalog.commit(build(catalog.store))
    assert catalog.resolve("demo").id == version and catalog.verify("demo").sound
    assert catalog.rebuild() == 1


@pytest.mark.parametrize("url", ["nonsense", "nodb://x/y"])
def test_impossible_database_url_is_refused(tmp_path, url):
    with pytest.raises(InputError, match="database"):
        Catalog(tmp_path, url)
