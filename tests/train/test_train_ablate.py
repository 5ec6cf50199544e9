"""An ablation's arms differ in their text only; its held-out text is unseen; its intervals are those of statistics."""

import json

import matplotlib.image
import numpy as np
import pytest
from scipy import stats
from train_corpus import commit, ntrex
from typer.testing import CliRunner

from train.ablate import __main__ as ablate
from train.ablate.data import byte_lengths, divide
from train.ablate.report import Score, differences, interval, table
from train.data.corpus import held_out_points
from train.data.sketch import sketches
from train.data.spm import to_hugging_face
from train.data.tokenizer import describe
from train.data.tokens import TokenShard


def shard(texts: dict[str, list[int]]) -> TokenShard:
    values = np.concatenate([np.array(ids, np.uint16) for ids in texts.values()])
    offsets = np.cumsum([0, *(len(ids) for ids in texts.values())])
    points = held_out_points(list(texts))
    return TokenShard(values, offsets, points, sketches(values, offsets), np.zeros(len(texts), np.int32), ["test"])


def texts(names: str, size: int, seed: int) -> dict[str, list[int]]:
    draw = np.random.default_rng(seed)
    return {f"{names}{number}": draw.integers(300, 900, size).tolist() for number in range(40)}


def ids(part, shards: list[TokenShard]) -> list[list[int]]:
    rows = zip(part.shard, part.start, part.length, strict=True)
    return [shards[number].values[start : start + length].tolist() for number, start, length in rows]


def test_arms_have_equal_tokens_and_the_common_documents_are_the_same_sample():
    common = texts("a", 30, 0)
    few, many = [shard(common)], [shard(common | texts("b", 50, 1))]
    parts = divide({"few": few, "many": many}, 0.2)
    assert parts["few"].train.tokens == parts["many"].train.tokens
    chosen = [one for one in ids(parts["many"].train, many) if len(one) == 30]
    rows = {tuple(one) for one in ids(parts["few"].train, few)}
    assert len(chosen) > 3 and all(tuple(one) in rows for one in chosen)
    own = {tuple(one) for one in ids(parts["few"].held_out, few)}
    assert own <= {tuple(one) for one in ids(parts["many"].held_out, many)}
    assert not own & rows


def test_held_out_texts_that_another_arm_trains_on_under_another_name_are_left_out():
    base = texts("a", 30, 0)
    points = held_out_points(list(base))
    held_out = [name for name, point in zip(base, points, strict=True) if point < 0.2]
    twins = {f"twin{number}": base[name] for number, name in enumerate(held_out)}
    trained = {name: found for name, found in twins.items() if held_out_points([name])[0] >= 0.2}
    assert trained
    parts = divide({"base": [shard(base)], "twins": [shard(base | twins)]}, 0.2)
    assert parts["base"].left_out >= 1
    assert len(parts["base"].held_out.length) + parts["base"].left_out == len(held_out)


def test_bytes_of_ids_are_those_of_the_text(root, tmp_path):
    from catalog.versions import Catalog
    from train.data import spm
    from train.data.corpus import Corpus

    catalog = Catalog(root)
    corpus = Corpus(catalog.store, catalog.resolve("test@latest"))
    to_hugging_face(spm.train(corpus, ["en", "fr"], spm.Training(1500)), tmp_path)
    tokens = describe(tmp_path)
    text = "Le médecin 注 a prescrit de l'ibuprofène à 200 mg."
    (found,) = tokens.encode([text])
    assert byte_lengths(tokens)[found].sum() == len(text.encode()) + 1  # a blank is put before it
    assert byte_lengths(tokens)[[*tokens.sentinels, tokens.eos_id, tokens.pad_id]].sum() == 0


def scores(values: dict[str, list[float]]) -> list[Score]:
    return [Score(arm, seed, "a", "fr", bits) for arm, found in values.items() for seed, bits in enumerate(found)]


def test_differences_are_paired_by_seed():
    found = differences(scores({"a": [1.0, 2.0, 3.0], "b": [1.1, 2.2, 3.3]}), "a")
    fr, mean = found
    assert (fr.language, mean.language) == ("fr", "all")
    assert fr.seeds == pytest.approx([0.1, 0.2, 0.3])
    expected = stats.ttest_rel([1.1, 2.2, 3.3], [1.0, 2.0, 3.0]).confidence_interval(0.95)
    assert (fr.low, fr.high) == pytest.approx((expected.low, expected.high))
    assert "| a | fr | 2.0000 | b | +0.2000 |" in table(found)


def test_one_seed_has_no_interval():
    assert interval(np.array([0.1])) == (None, None)
    assert "one seed" in table(differences(scores({"a": [1.0], "b": [1.1]}), "a"))


def test_the_command_trains_the_arms_and_reports_and_resumes(root, tmp_path):
    news = {"en": ntrex("en", 600, 10), "fr": ntrex("fr", 200, 10)}
    noise = {language: [" ".join(text.split()[::-1]) for text in found] for language, found in news.items()}
    commit(tmp_path / "store", news, name="news")
    commit(tmp_path / "store", noise, name="backwards")
    options = ["--arm", "news=news@latest", "--arm", "backwards=backwards@latest", "--root", str(tmp_path / "store")]
    options += ["--out", str(tmp_path / "out"), "--vocab-size", "1500", "--steps", "25", "--batch", "8"]
    options += ["--input-length", "64", "--seeds", "2", "--eval-examples", "16", "--device", "cpu"]
    result = CliRunner().invoke(ablate.app, options)
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "out" / "ablation.json").read_text())
    assert found["training_tokens"]["news"] == found["training_tokens"]["backwards"]
    assert {(one["arm"], one["seed"]) for one in found["scores"]} == {
        (arm, seed) for arm in ("news", "backwards") for seed in (0, 1)
    }
    assert all(2 < one["bits_per_byte"] < 12 for one in found["scores"])
    assert matplotlib.image.imread(tmp_path / "out" / "ablation.png").std() > 0.02
    again = CliRunner().invoke(ablate.app, options)
    assert again.exit_code == 0
    assert json.loads((tmp_path / "out" / "ablation.json").read_text()) == found


def test_a_single_arm_is_refused(tmp_path):
    result = CliRunner().invoke(ablate.app, ["--arm", "a=b@c", "--out", str(tmp_path)])
    assert "two or more arms" in str(result.exception)
