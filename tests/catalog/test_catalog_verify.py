"""Verification finds what was done to the bytes, and names it."""

import dataclasses
from pathlib import Path

import pytest
from catalog_fixture import build, with_a_document_twice, with_an_id

from catalog.manifest import Manifest
from catalog.versions import Catalog


def _flip(catalog: Catalog, relative: str) -> Path:
    path = Path(catalog.store.path(relative))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return path


def test_sound_version_has_no_problems(catalog, manifest):
    catalog.commit(manifest)
    seen = []
    report = catalog.verify("demo", lambda path, size: seen.append((path, size)))
    assert report.sound and report.documents == 96
    assert report.objects == len(seen) == len(manifest.shards) + 2
    assert report.bytes == sum(size for _, size in seen)


@pytest.mark.parametrize("which", ["shards", "verdicts", "quarantine"])
def test_flipped_bit_is_found_and_the_object_named(catalog, manifest: Manifest, which):
    catalog.commit(manifest)
    entry = getattr(manifest, which)[0]
    path = _flip(catalog, entry.blob.path if which == "shards" else entry.path)
    report = catalog.verify("demo")
    assert len(report.problems) == 1 and str(path) in report.problems[0] and "digest" in report.problems[0]


def test_every_damaged_object_is_listed(catalog, manifest):
    catalog.commit(manifest)
    flipped = _flip(catalog, manifest.shards[1].blob.path)
    removed = Path(catalog.store.path(manifest.shards[2].blob.path))
    removed.unlink()
    report = catalog.verify("demo")
    assert [str(flipped) in report.problems[0], str(removed) in report.problems[1]] == [True, True]
    assert "missing" in report.problems[1] and len(report.problems) == 2


def test_statistics_that_lie_are_found(catalog, manifest):
    first = manifest.shards[0]
    one, other = (part for part in manifest.composition if part.language == "en")
    words = dataclasses.replace(first, words=first.words + 1)
    lying = dataclasses.replace(
        manifest,
        shards=[words, *manifest.shards[1:]],
        composition=[dataclasses.replace(one, words=one.words + 1), other, *manifest.composition[1:4],
                     *manifest.composition[5:]],
    )  # fmt: skip
    catalog.commit(lying)
    report = catalog.verify("demo")
    assert len(report.problems) == 1 and first.blob.path in report.problems[0] and "statistics" in report.problems[0]


def test_funnel_that_the_sidecars_do_not_support_is_found(catalog, manifest):
    web = manifest.funnels[2]
    other = dataclasses.replace(web, dropped={"dedup.near": 6, "quality.min_words": 6})
    catalog.commit(dataclasses.replace(manifest, funnels=[*manifest.funnels[:2], other]))
    report = catalog.verify("demo")
    assert report.problems == (
        "drop dedup.near: 4 documents in the verdicts, 6 in the funnels",
        "drop rights.opt-out: 2 documents in the verdicts, 0 in the funnels",
    )


def test_quarantine_that_was_left_out_is_found(catalog, manifest):
    catalog.commit(dataclasses.replace(manifest, quarantine=[]))
    report = catalog.verify("demo")
    assert "quarantine extract.encrypted: 0 documents in the quarantine tables, 1 in the funnels" in report.problems


def test_a_document_in_two_shards_is_found(catalog, manifest, monkeypatch):
    twice = with_a_document_twice(catalog.store, manifest)
    monkeypatch.setattr("catalog.versions.find_repeated", lambda store, shards: None)  # as before it was looked for
    catalog.commit(twice)
    report = catalog.verify("demo")
    first, second = (entry.blob.path for entry in twice.shards[:2])
    assert len(report.problems) == 1 and "1 doc_ids are of more than one document" in report.problems[0]
    assert first in report.problems[0] and second in report.problems[0]
    assert not report.damaged and not report.missing


def test_an_id_that_is_none_is_a_problem_and_ends_nothing(catalog, manifest, monkeypatch):
    wrong = with_an_id(catalog.store, manifest, "none")
    monkeypatch.setattr("catalog.versions.find_repeated", lambda store, shards: None)
    catalog.commit(wrong)
    report = catalog.verify("demo")
    assert len(report.problems) == 1 and "not 32 hex digits" in report.problems[0]
    assert wrong.shards[1].blob.path in report.problems[0]


def test_repair_deletes_what_is_damaged_and_a_build_restores_it(catalog, manifest):
    catalog.commit(manifest)
    flipped = _flip(catalog, manifest.shards[1].blob.path)
    removed = Path(catalog.store.path(manifest.shards[2].blob.path))
    removed.unlink()
    verdicts = _flip(catalog, manifest.verdicts[0].path)
    build(catalog.store)
    assert removed.exists() and not catalog.verify("demo").sound  # a build makes what is missing, not what is damaged
    removed.unlink()
    report = catalog.verify("demo")
    assert report.missing == (manifest.shards[2].blob,)
    assert report.damaged == (manifest.shards[1].blob, manifest.verdicts[0])
    assert catalog.repair(report) == (str(flipped), str(verdicts))
    assert catalog.repair(report) == ()
    build(catalog.store)
    assert catalog.verify("demo").sound


def test_repair_spares_what_is_sound_by_now_and_what_only_the_manifest_belies(catalog, manifest):
    lying = dataclasses.replace(manifest, quarantine=[dataclasses.replace(manifest.quarantine[0], rows=1)])
    catalog.commit(lying)
    path = _flip(catalog, manifest.shards[0].blob.path)
    report = catalog.verify("demo")
    assert len(report.problems) == 2 and report.damaged == (manifest.shards[0].blob,)
    _flip(catalog, manifest.shards[0].blob.path)  # and back
    assert catalog.repair(report) == () and path.exists()
