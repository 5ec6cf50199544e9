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
    parts = divide({"few": few, "many": many}, {}, 0.2)
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
    parts = divide({"base": [shard(base)], "twins": [shard(base | twins)]}, {}, 0.2)
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


def test_of_a_test_everything_is_held_out_but_what_an_arm_trains_on():
    base, other = texts("a", 30, 0), texts("b", 50, 1)
    trained = [name for name, point in zip(base, held_out_points(list(base)), strict=True) if point >= 0.2]
    copies = {f"copy{number}": base[name] for number, name in enumerate(trained[:3])}
    parts = divide({"base": [shard(base)], "same": [shard(base)]}, {"test": [shard(other | copies)]}, 0.2)
    assert len(parts["test"].held_out.length) == 40 and parts["test"].left_out == 3
    assert parts["test"].train.tokens == 0
    assert parts["base"].train.tokens == parts["same"].train.tokens > 0


def scores(values: dict[str, list[float]], examples: int = 4) -> list[Score]:
    """Scores of so many bits per byte, in examples of ten bytes that are all alike."""
    return [
        Score(arm, seed, "a", "fr", np.full(examples, 10 * bits), np.full(examples, 10))
        for arm, found in values.items()
        for seed, bits in enumerate(found)
    ]


def test_differences_are_paired_by_seed():
    found = differences(scores({"a": [1.0, 2.0, 3.0], "b": [1.1, 2.2, 3.3]}), "a")
    fr, mean = found
    assert (fr.language, mean.language) == ("fr", "all")
    assert fr.seeds == pytest.approx([0.1, 0.2, 0.3])
    expected = stats.ttest_rel([1.1, 2.2, 3.3], [1.0, 2.0, 3.0]).confidence_interval(0.95)
    assert (fr.seeds_low, fr.seeds_high) == pytest.approx((expected.low, expected.high))
    assert (fr.texts_low, fr.texts_high) == pytest.approx((0.2, 0.2))  # every text says the same
    assert "| a | fr | 2.000 | b | +0.200 |" in table(found)


def test_the_interval_over_texts_is_that_of_a_ratio_of_sums():
    draw = np.random.default_rng(1)
    size, bytes_of = 400, draw.integers(5, 40, 400)
    base = draw.normal(3.0, 0.5, size) * bytes_of
    gain = draw.normal(0.1, 0.4, size) * bytes_of
    found, _ = differences(
        [Score("a", 0, "x", "fr", base, bytes_of), Score("b", 0, "x", "fr", base + gain, bytes_of)], "a"
    )
    error = np.std(gain - found.mean * bytes_of) / bytes_of.mean() / np.sqrt(size)  # by the delta method
    assert (found.texts_low, found.texts_high) == pytest.approx(
        (found.mean - 1.96 * error, found.mean + 1.96 * error), abs=0.2 * error
    )


def test_one_seed_has_no_interval():
    assert interval(np.array([0.1])) == (None, None)
    assert "one seed" in table(differences(scores({"a": [1.0], "b": [1.1]}), "a"))


def test_the_command_trains_the_arms_and_reports_and_resumes(root, tmp_path):
    news = {"en": ntrex("en", 600, 10), "fr": ntrex("fr", 200, 10)}
    noise = {language: [" ".join(text.split()[::-1]) for text in found] for language, found in news.items()}
    commit(tmp_path / "store", news, name="news")
    commit(tmp_path / "store", noise, name="backwards")
    commit(tmp_path / "store", {"es": ntrex("es", 60, 10), "fr": ntrex("es", 100, 10)[6:]}, name="spanish")
    options = ["--arm", "news=news@latest", "--arm", "backwards=backwards@latest", "--root", str(tmp_path / "store")]
    options += ["--out", str(tmp_path / "out"), "--vocab-size", "1500", "--steps", "25", "--batch", "8"]
    options += ["--input-length", "64", "--seeds", "2", "--eval-examples", "16", "--device", "cpu"]
    options += ["--test", "spanish=spanish@latest"]
    result = CliRunner().invoke(ablate.app, options)
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "out" / "ablation.json").read_text())
    assert found["training_tokens"]["news"] == found["training_tokens"]["backwards"]
    assert {(one["arm"], one["seed"]) for one in found["scores"]} == {
        (arm, seed) for arm in ("news", "backwards") for seed in (0, 1)
    }
    assert all(2 < one["bits_per_byte"] < 12 for one in found["scores"])
    measured = {(one["texts"], one["language"]) for one in found["differences"]}
    assert {("news", "en"), ("backwards", "en"), ("spanish", "fr"), ("spanish", "all")} <= measured
    assert ("spanish", "es") not in measured  # no arm has the language
    assert matplotlib.image.imread(tmp_path / "out" / "ablation.png").std() > 0.02
    again = CliRunner().invoke(ablate.app, options)
    assert again.exit_code == 0
    assert json.loads((tmp_path / "out" / "ablation.json").read_text()) == found


def test_a_single_arm_is_refused(tmp_path):
    result = CliRunner().invoke(ablate.app, ["--arm", "a=b@c", "--out", str(tmp_path)])
    assert "two or more arms" in str(result.exception)
