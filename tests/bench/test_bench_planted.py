"""Planted near duplicates: as similar as they say, and found again where they were written."""

from pathlib import Path

from bench.tools.planted import LEVELS, plant, read_pairs, shingles, write


def test_planted_copies_have_the_similarity_they_say(tmp_path: Path) -> None:
    planted = plant(150, words=420)
    assert len(planted.texts) == 150 and set(planted.pairs) == set(LEVELS)
    for level, pairs in planted.pairs.items():
        assert len(pairs) == 6
        for original, copy, similarity in pairs:
            a, b = (shingles(planted.texts[at].split()) for at in (original, copy))
            assert len(a & b) / len(a | b) == similarity and level <= similarity < level + 0.05
    write(planted, tmp_path / "out")
    assert read_pairs(tmp_path / "out") == planted.pairs
    assert len(list((tmp_path / "out").glob("*.arrow"))) == 10
