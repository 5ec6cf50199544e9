"""Verification finds what was done to the bytes, and names it."""

import dataclasses
from pathlib import Path

import pytest

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
