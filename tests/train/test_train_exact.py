"""Exact beside transformers: logits, gradients, checkpoints of every layout, and the text that a model generates."""

import dataclasses
import hashlib
import json

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, MT5Config, MT5ForConditionalGeneration, T5Config
from transformers import T5ForConditionalGeneration as T5

from shards.errors import InputError
from train.convert import load_hugging_face, load_pretrained, read_config, to_hugging_face, to_names, write_config
from train.data.tokenizer import Tokenizer
from train.export import export
from train.loss import batch_loss
from train.model import MT5, ModelConfig, shift_right

CONFIG = ModelConfig(vocab_size=400, d_model=48, d_kv=16, d_ff=80, layers=2, heads=3, decoder_layers=3)
ALIASES = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}
SHAPES = [(1, 1, 1), (2, 7, 3), (3, 180, 150), (2, 130, 20)]


def published(kind: str, shape: ModelConfig = CONFIG):
    """A model with an output matrix of its own, as mT5 and T5 1.1 were published; transformers 5 ties it at first."""
    torch.manual_seed(1)
    plain = {name: value for name, value in write_config(shape).items() if name != "model_type"}
    plain["tie_word_embeddings"] = False
    made = MT5ForConditionalGeneration(MT5Config(**plain)) if kind == "mt5" else T5(T5Config(**plain))
    made.lm_head.weight = torch.nn.Parameter(torch.randn(CONFIG.vocab_size, CONFIG.d_model) * CONFIG.d_model**-0.5)
    return made.eval()


def ours(theirs) -> MT5:
    own = MT5(read_config(theirs.config.to_dict() | {"tie_word_embeddings": False}, tied=False))
    load_hugging_face(own, theirs.state_dict())
    return own


def example(shape, seed=5):
    draw = torch.Generator().manual_seed(seed)
    rows, *lengths = shape
    inputs, targets = (torch.randint(3, CONFIG.vocab_size, (rows, length), generator=draw) for length in lengths)
    return inputs, targets


def mask_of(inputs):
    """Padding of another length in every row but the first."""
    mask = torch.ones_like(inputs)
    for row in range(1, len(inputs)):
        mask[row, max(1, inputs.shape[1] // (row + 1)) :] = 0
    return mask


def hashes(state: dict[str, torch.Tensor]) -> dict[str, str]:
    """SHA-256 of the bytes of every tensor."""
    return {
        name: hashlib.sha256(value.detach().contiguous().numpy().tobytes()).hexdigest() for name, value in state.items()
    }


def distance(found: torch.Tensor, expected: torch.Tensor) -> float:
    return ((found - expected).norm() / expected.norm().clamp(min=1e-30)).item()


@pytest.mark.parametrize("kind", ["mt5", "t5"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("attention", ["sdpa", "detached", "blocks"])
def test_logits_and_all_gradients_are_transformers_s(kind, shape, masked, attention):
    theirs = published(kind)
    own = ours(theirs).tune(attention)
    inputs, targets = example(shape)
    mask = mask_of(inputs) if masked else None
    out = theirs(input_ids=inputs, attention_mask=mask, labels=targets)
    out.loss.backward()
    with torch.no_grad():
        logits = own(inputs, shift_right(targets), mask)
    assert distance(logits, out.logits) < 1e-5
    loss, nll = batch_loss(own, inputs, targets, targets.numel(), 0.0, mask)
    loss.backward()
    assert loss.item() == pytest.approx(out.loss.item(), rel=1e-5)
    assert nll.sum().item() / targets.numel() == pytest.approx(out.loss.item(), rel=1e-5)
    expected = {name: value.grad for name, value in theirs.named_parameters()}
    names = to_names(own.config)
    for name, value in own.named_parameters():
        wanted = expected[names[name]]
        floor = 1e-7 * wanted.numel() ** 0.5  # of gradients that are zero but for rounding, as with one token
        assert (value.grad - wanted).norm().item() <= 1e-5 * wanted.norm().item() + floor, name


def test_packed_documents_have_transformers_s_losses():
    theirs = published("mt5")
    own = ours(theirs)
    single = [example((1, inputs, targets), seed) for seed, (inputs, targets) in enumerate([(20, 9), (11, 4), (17, 8)])]
    inputs, targets = (torch.cat([pair[side] for pair in single], dim=1) for side in (0, 1))
    segments = [
        torch.cat([torch.full_like(pair[side], number) for number, pair in enumerate(single, 1)], dim=1)
        for side in (0, 1)
    ]
    expected = sum(theirs(input_ids=one, labels=other).loss * other.numel() for one, other in single) / targets.numel()
    loss, _ = batch_loss(own, inputs, targets, targets.numel(), 0.0, *segments)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    gradients = torch.autograd.grad(loss, list(own.parameters()))
    names = to_names(own.config)
    wanted = dict(
        zip(dict(theirs.named_parameters()), torch.autograd.grad(expected, list(theirs.parameters())), strict=True)
    )
    for (name, _), found in zip(own.named_parameters(), gradients, strict=True):
        assert distance(found, wanted[names[name]]) < 1e-5, name


@pytest.mark.parametrize("kind", ["mt5", "t5"])
@pytest.mark.parametrize("layout", ["one", "sharded", "bin"])
def test_every_layout_comes_in_and_goes_out_with_the_same_bits(tmp_path, kind, layout):
    theirs = published(kind)
    state = theirs.state_dict()
    if layout == "bin":  # as torch wrote it: every name, shared ones several times
        theirs.config.save_pretrained(tmp_path)
        torch.save(state, tmp_path / "pytorch_model.bin")
    else:
        theirs.save_pretrained(tmp_path, max_shard_size="60KB" if layout == "sharded" else "1GB")
        assert (tmp_path / "model.safetensors.index.json").exists() is (layout == "sharded")
    own = load_pretrained(tmp_path, torch.float32)
    assert not own.config.tied
    assert hashes(to_hugging_face(own)) == {name: value for name, value in hashes(state).items() if name not in ALIASES}


def test_untied_export_is_loaded_back_untied_and_generates_the_same_text(tmp_path):
    # As many layers on both sides: transformers' cache counts the encoder's when it generates.
    own = ours(published("mt5", dataclasses.replace(CONFIG, decoder_layers=CONFIG.layers)))
    folder = export(tmp_path / "model", own, Tokenizer(tmp_path, "", CONFIG.vocab_size, 0, 1, ()))
    assert json.loads((folder / "config.json").read_text())["tie_word_embeddings"] is False
    theirs = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    assert theirs.lm_head.weight.data_ptr() != theirs.shared.weight.data_ptr()
    given = hashes(to_hugging_face(own))
    found = hashes(theirs.state_dict())
    assert {name: found[name] for name in given} == given
    assert found["encoder.embed_tokens.weight"] == found["decoder.embed_tokens.weight"] == given["shared.weight"]
    assert given["shared.weight"] != given["lm_head.weight"]
    theirs.save_pretrained(tmp_path / "again")  # what transformers saves of it comes back to us with the same bits
    assert hashes(to_hugging_face(load_pretrained(tmp_path / "again", torch.float32))) == given
    inputs, _ = example((3, 25, 1))
    written = theirs.generate(inputs, max_new_tokens=20, do_sample=False)
    starts = torch.zeros(3, 1, dtype=torch.long)
    with torch.no_grad():
        for _ in range(20):
            starts = torch.cat([starts, own(inputs, starts)[:, -1:].argmax(-1)], dim=1)
    for one, other in zip(written, starts, strict=True):
        ends = (one[1:] == 1).nonzero()
        length = int(ends[0]) + 2 if len(ends) else len(one)
        assert one[:length].tolist() == other[:length].tolist()
    assert len({tuple(row) for row in starts.tolist()}) > 1


def test_fresh_models_of_transformers_are_tied_which_ours_are_not():
    torch.manual_seed(0)
    theirs = MT5ForConditionalGeneration(MT5Config(**write_config(CONFIG)))
    inputs, targets = example((3, 40, 30))
    own, _ = batch_loss(MT5(CONFIG).initialise(0), inputs, targets, targets.numel(), 0.0)
    assert theirs.lm_head.weight is theirs.shared.weight  # transformers 5, whatever config.json says
    assert theirs(input_ids=inputs, labels=targets).loss > 15
    assert own.item() == pytest.approx(6.0 + 0.5, abs=0.4)  # ln 400, and half the variance of the logits


def test_tied_weights_are_seen_by_their_values(tmp_path):
    torch.manual_seed(0)
    theirs = MT5ForConditionalGeneration(MT5Config(**write_config(CONFIG)))
    theirs.config.save_pretrained(tmp_path)
    torch.save(theirs.state_dict(), tmp_path / "pytorch_model.bin")  # has both names
    assert load_pretrained(tmp_path, torch.float32).config.tied


def test_t5_that_scales_its_output_is_refused():
    plain = write_config(CONFIG) | {"model_type": "t5"}
    assert read_config(plain, tied=False) == CONFIG  # tie_word_embeddings: false, as in T5 1.1's own config.json
    resaved = T5Config(**plain).to_dict()  # transformers 5 ties them all, and remembers in a field of its own
    assert (resaved["tie_word_embeddings"], resaved["scale_decoder_outputs"]) == (True, False)
    assert read_config(resaved, tied=False) == CONFIG
    for scaling in ({"tie_word_embeddings": True}, {"scale_decoder_outputs": True}):
        with pytest.raises(InputError, match="scales"):
            read_config(plain | scaling, tied=True)
