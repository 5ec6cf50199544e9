"""The model is Hugging Face's mT5 to rounding; weights go in and out without changing a bit."""

import json

import pytest
import torch
from transformers import MT5Config, MT5ForConditionalGeneration
from transformers.models.mt5.modeling_mt5 import MT5Attention

from shards.errors import InputError
from train.convert import load_hugging_face, load_pretrained, read_config, to_hugging_face, to_names, write_config
from train.model import MT5, SIZES, ModelConfig, preset, relative_bucket, shift_right

CONFIG = ModelConfig(vocab_size=500, d_model=48, d_kv=16, d_ff=80, layers=2, heads=4, decoder_layers=3)


def hugging_face_model(tied: bool) -> MT5ForConditionalGeneration:
    torch.manual_seed(1)
    model = MT5ForConditionalGeneration(MT5Config(**write_config(CONFIG))).eval()
    if not tied:  # transformers 5 always ties on construction; published mT5 weights are not tied
        model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight))
    return model


def ours(model: MT5ForConditionalGeneration, tied: bool) -> MT5:
    state = model.state_dict()
    own = MT5(read_config(model.config.to_dict(), tied=tied))
    load_hugging_face(own, state)
    return own


@pytest.fixture(scope="module")
def batch():
    draw = torch.Generator().manual_seed(5)
    inputs = torch.randint(3, 500, (3, 180), generator=draw)
    targets = torch.randint(3, 500, (3, 150), generator=draw)
    mask = torch.ones_like(inputs, dtype=torch.bool)
    mask[1, 120:] = False
    mask[2, 7:] = False
    return inputs, targets, mask


@pytest.mark.parametrize("tied", [False, True])
@torch.no_grad()
def test_logits_equal_hugging_face_s(batch, tied):
    inputs, targets, mask = batch
    theirs = hugging_face_model(tied)
    own = ours(theirs, tied)
    decoder = shift_right(targets)
    expected = theirs(input_ids=inputs, decoder_input_ids=decoder).logits
    scale = expected.abs().max().item()
    assert (own(inputs, decoder) - expected).abs().max().item() < 1e-5 * max(1, scale)
    masked = theirs(input_ids=inputs, attention_mask=mask.long(), decoder_input_ids=decoder).logits
    assert (own(inputs, decoder, mask) - masked).abs().max().item() < 1e-5 * max(1, scale)
    assert (masked - expected).abs().max().item() > 1e-2  # the mask matters


def test_loss_and_gradients_equal_hugging_face_s(batch):
    inputs, targets, _ = batch
    theirs = hugging_face_model(tied=False)
    own = ours(theirs, tied=False)
    theirs(input_ids=inputs, labels=targets).loss.backward()
    logits = own(inputs, shift_right(targets))
    torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
    gradients = dict(theirs.named_parameters())
    for name, parameter in own.named_parameters():
        expected = gradients[to_names(CONFIG)[name]].grad
        assert torch.allclose(parameter.grad, expected, rtol=1e-3, atol=1e-5 * expected.abs().max().item()), name


def test_import_and_export_are_exact_to_the_bit():
    theirs = hugging_face_model(tied=False)
    state = theirs.state_dict()
    back = to_hugging_face(ours(theirs, tied=False))
    assert back.keys() == state.keys() - {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}
    assert all(torch.equal(back[name], state[name]) for name in back)


@torch.no_grad()
@pytest.mark.parametrize("tied", [False, True])
def test_folder_saved_by_transformers_loads(tmp_path, batch, tied):
    inputs, targets, _ = batch
    theirs = hugging_face_model(tied)
    theirs.save_pretrained(tmp_path)
    own = load_pretrained(tmp_path, torch.float32)
    assert own.config.tied is tied
    expected = theirs(input_ids=inputs, decoder_input_ids=targets).logits
    assert torch.allclose(own(inputs, targets), expected, atol=1e-5 * expected.abs().max().item())


def test_wrong_weights_are_refused_by_name(tmp_path):
    state = to_hugging_face(MT5(CONFIG).initialise(0))
    own = MT5(CONFIG)
    with pytest.raises(InputError, match=r"lm_head\.weight"):
        load_hugging_face(own, {name: value for name, value in state.items() if name != "lm_head.weight"})
    with pytest.raises(InputError, match=r"shared\.weight is \(400, 48\)"):
        load_hugging_face(own, state | {"shared.weight": torch.zeros(400, 48)})
    with pytest.raises(InputError, match=r"config\.json is missing"):
        load_pretrained(tmp_path, torch.float32)
    (tmp_path / "config.json").write_text(json.dumps(write_config(CONFIG) | {"feed_forward_proj": "relu"}))
    with pytest.raises(InputError, match="no weights"):
        load_pretrained(tmp_path, torch.float32)
    with pytest.raises(InputError, match="gated-gelu"):
        read_config(json.loads((tmp_path / "config.json").read_text()), tied=False)


@pytest.mark.parametrize("bidirectional", [True, False])
def test_relative_buckets_equal_hugging_face_s(bidirectional):
    distances = torch.arange(-600, 601)
    expected = MT5Attention._relative_position_bucket(distances, bidirectional=bidirectional)
    assert torch.equal(relative_bucket(distances, bidirectional, 32, 128), expected)


def test_first_loss_is_about_the_logarithm_of_the_vocabulary(batch):
    inputs, targets, _ = batch
    for tied in (False, True):
        config = ModelConfig(500, 48, 16, 80, 2, 4, 3, tied=tied)
        logits = MT5(config).initialise(0)(inputs, shift_right(targets))
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        assert 6.2 < loss.item() < 7.2  # ln 500 = 6.21, and half the variance of the logits


def test_fresh_parameters_depend_on_the_seed_only():
    first, second, other = (MT5(CONFIG).initialise(seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["head.weight"], other["head.weight"])


@torch.no_grad()
def test_bfloat16_follows_float32(batch):
    inputs, targets, mask = batch
    wide = MT5(CONFIG).initialise(0)
    narrow = MT5(CONFIG, torch.bfloat16)
    narrow.load_state_dict(wide.state_dict())
    assert next(narrow.parameters()).dtype == torch.float32
    one, two = wide(inputs, targets, mask), narrow(inputs, targets, mask)
    assert two.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(one.flatten(), two.flatten(), dim=0) > 0.99
    assert torch.equal(two, two.bfloat16().float())  # widened after the output matrix, as the module says
    assert narrow.encoder.norm(torch.ones(1, 48)).dtype == torch.float32


@pytest.mark.parametrize(("size", "millions"), [("small", 300.2), ("base", 582.4), ("large", 1229.6), ("xl", 3742.6)])
def test_sizes_have_the_published_numbers_of_parameters(size, millions):
    with torch.device("meta"):
        model = MT5(preset(size, 250_112))
    assert sum(parameter.numel() for parameter in model.parameters()) / 1e6 == pytest.approx(millions, abs=0.2)


def test_unknown_size_names_the_known_ones():
    with pytest.raises(InputError, match=", ".join(SIZES)):
        preset("huge", 1000)
