"""Attention's ways agree with one another, and documents packed into a row do not see each other."""

import dataclasses

import pytest
import torch
from torch.nn.functional import cosine_similarity

import train.attention
from shards.errors import InputError
from train.attention import allowed_pairs, attention, make_bias
from train.loss import batch_loss
from train.model import MT5, ModelConfig, shift_right

CONFIG = ModelConfig(vocab_size=300, d_model=32, d_kv=8, d_ff=48, layers=2, heads=4, decoder_layers=2)
B, H, Q, K, D = 3, 4, 40, 40, 8


def tensors(dtype=torch.float64):
    draw = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(B, H, Q, D, generator=draw, dtype=dtype).requires_grad_() for _ in range(3))
    position = torch.randn(1, H, Q, K, generator=draw, dtype=dtype).requires_grad_()
    segments = torch.tensor([[1] * 40, [1] * 10 + [2] * 30, [1] * 13 + [2] * 14 + [0] * 13])
    return q, k, v, position, segments


@pytest.mark.parametrize("causal", [0, Q])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("other", ["detached", "blocks"])
def test_gradients_of_a_pass_by_blocks_are_autograd_s(other, packed, causal):
    q, k, v, position, segments = tensors()
    allowed = allowed_pairs(*([segments] * 2 if packed else [None] * 2), causal)
    found = {}
    for backend in ("sdpa", other):
        bias = make_bias(position, allowed, q.dtype, backend)
        out = attention(q, k, v, bias, backend)
        found[backend] = out, *torch.autograd.grad(out.square().sum(), (q, k, v, position))
    for expected, given in zip(found["sdpa"], found[other], strict=True):
        assert torch.allclose(expected, given, rtol=1e-6, atol=1e-6 * expected.abs().max().item())


@pytest.mark.parametrize("backend", ["detached", "blocks"])
@pytest.mark.parametrize("numbers", [1, 2 * Q * K, 9 * Q * K])
def test_gradients_are_the_same_in_blocks_of_any_size(monkeypatch, numbers, backend):
    q, k, v, position, segments = tensors()

    def gradients():
        bias = make_bias(position, allowed_pairs(segments, segments), q.dtype, backend)
        return torch.autograd.grad(attention(q, k, v, bias, backend).square().sum(), (q, k, v, position))

    whole = gradients()
    monkeypatch.setitem(train.attention._BLOCK, "cpu", numbers)
    for one, other in zip(gradients(), whole, strict=True):
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("causal", [0, Q])
@torch.no_grad()
def test_flex_attention_gives_the_same(causal):
    q, k, v, position, segments = (x.float() if x.is_floating_point() else x for x in tensors())
    allowed = allowed_pairs(segments, segments, causal)
    one, other = (attention(q, k, v, make_bias(position, allowed, q.dtype, name), name) for name in ("sdpa", "flex"))
    assert torch.allclose(one, other, atol=1e-5)
    cross = allowed_pairs(segments, segments.flip(1))
    one, other = (attention(q, k, v, make_bias(None, cross, q.dtype, name), name) for name in ("sdpa", "flex"))
    assert torch.allclose(one, other, atol=1e-5)


def test_padding_sees_something_and_is_seen_by_nothing_else():
    queries, keys = torch.tensor([[1, 2, 0]]), torch.tensor([[1, 1, 2]])
    assert allowed_pairs(queries, keys)[0, 0].tolist() == [[True, True, False], [False, False, True], [True] * 3]
    assert not allowed_pairs(torch.tensor([[1]]), torch.tensor([[0, 1]]))[0, 0, 0, 0]
    assert allowed_pairs(None, None) is None


def test_bias_has_the_dtype_of_the_queries():
    for backend in ("sdpa", "detached", "blocks"):
        bias = make_bias(torch.zeros(1, H, Q, K), None, torch.bfloat16, backend)
        assert bias.dense.dtype == torch.bfloat16  # cuDNN reads another one wrongly: pytorch#191612


def test_unknown_backend_names_the_known_ones():
    with pytest.raises(InputError, match="sdpa, detached, blocks, flex"):
        MT5(CONFIG).tune("flash")(torch.ones(1, 4, dtype=torch.long), torch.ones(1, 4, dtype=torch.long))


def documents():
    """(inputs, targets) of five documents, and the same packed into two rows with padding."""
    draw = torch.Generator().manual_seed(1)
    lengths = [(20, 9), (7, 4), (13, 6), (30, 12), (5, 3)]
    single = [tuple(torch.randint(3, 300, (1, size), generator=draw) for size in pair) for pair in lengths]
    rows = [[0, 1, 2], [3, 4]]
    packed = []
    for side, width in ((0, 48), (1, 24)):
        ids, segments = torch.zeros(2, width, dtype=torch.long), torch.zeros(2, width, dtype=torch.int32)
        for row, members in enumerate(rows):
            at = 0
            for number, member in enumerate(members, 1):
                tokens = single[member][side][0]
                ids[row, at : at + len(tokens)] = tokens
                segments[row, at : at + len(tokens)] = number
                at += len(tokens)
        packed.append((ids, segments))
    return single, rows, packed


@pytest.mark.parametrize("backend", ["sdpa", "detached", "blocks"])
@pytest.mark.parametrize("multiple", [1, 32])
def test_packed_documents_have_the_losses_and_gradients_of_single_ones(backend, multiple):
    single, rows, ((inputs, input_segments), (targets, target_segments)) = documents()
    model = MT5(CONFIG).initialise(0)
    total = sum(pair[1].numel() for pair in single)
    alone = []
    for pair in single:
        loss, nll = batch_loss(model, *pair, total, 1e-4)
        loss.backward()
        alone.append(nll.item())
    expected = {name: value.grad.clone() for name, value in model.named_parameters()}
    model.zero_grad()
    model.tune(backend, multiple=multiple)
    loss, nll = batch_loss(model, inputs, targets, total, 1e-4, input_segments, target_segments)
    loss.backward()
    assert nll.tolist() == pytest.approx([sum(alone[member] for member in row) for row in rows], rel=1e-5)
    for name, value in model.named_parameters():
        assert (value.grad - expected[name]).norm() <= 2e-5 * expected[name].norm(), name


@torch.no_grad()
def test_a_document_does_not_change_with_its_neighbours():
    _, _, ((inputs, input_segments), (targets, target_segments)) = documents()
    model = MT5(CONFIG).initialise(0)
    starts = shift_right(targets, target_segments)
    before = model(inputs, starts, input_segments, target_segments)
    other = torch.where(input_segments == 2, (inputs + 1) % 300, inputs)
    others = torch.where(target_segments == 2, (starts + 1) % 300, starts)
    after = model(other, others, input_segments, target_segments)
    mine = (target_segments == 1) | (target_segments == 3)
    assert torch.equal(before[mine], after[mine])
    assert (before - after)[target_segments == 2].abs().max() > 1e-2


def test_targets_begin_anew_in_every_document():
    targets, segments = torch.tensor([[5, 6, 7, 8, 9, 0]]), torch.tensor([[1, 1, 2, 2, 2, 0]])
    assert shift_right(targets, segments).tolist() == [[0, 5, 0, 7, 8, 0]]
    assert shift_right(targets).tolist() == [[0, 5, 6, 7, 8, 9]]


def test_lengths_are_padded_without_a_change():
    draw = torch.Generator().manual_seed(2)
    inputs, targets = (torch.randint(3, 300, (2, size), generator=draw) for size in (50, 21))
    results = []
    for multiple in (1, 64):
        model = MT5(CONFIG).initialise(0).tune(multiple=multiple)
        loss, _ = batch_loss(model, inputs, targets, 42, 1e-4)
        loss.backward()
        results.append((loss.item(), model.encoder.position_bias.weight.grad))
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-6)
    assert torch.allclose(results[0][1], results[1][1], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("backend", ["sdpa", "detached", "blocks"])
def test_bias_gradient_over_24_layers_in_bfloat16_keeps_its_direction(backend):
    config = ModelConfig(vocab_size=300, d_model=64, d_kv=16, d_ff=96, layers=24, heads=4, decoder_layers=24)
    draw = torch.Generator().manual_seed(3)
    inputs, targets = (torch.randint(3, 300, (2, size), generator=draw) for size in (64, 20))
    gradients = []
    for dtype in (torch.float32, torch.bfloat16):
        model = MT5(config, dtype).initialise(0).tune(backend)
        batch_loss(model, inputs, targets, 40, 0.0)[0].backward()
        gradients.append([stack.position_bias.weight.grad.flatten() for stack in (model.encoder, model.decoder)])
    for wide, narrow in zip(*gradients, strict=True):
        assert cosine_similarity(wide, narrow, 0) > 0.99


@pytest.mark.parametrize("backend", ["sdpa", "detached", "blocks"])
def test_recomputing_blocks_changes_no_bit(backend):
    _, _, ((inputs, input_segments), (targets, target_segments)) = documents()
    gradients = []
    for recompute in (False, True):
        model = MT5(CONFIG).initialise(0).tune(backend, recompute=recompute)
        batch_loss(model, inputs, targets, 34, 1e-4, input_segments, target_segments)[0].backward()
        gradients.append([value.grad for value in model.parameters()])
    assert all(torch.equal(one, other) for one, other in zip(*gradients, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sdpa", "detached", "blocks"])
def test_compiled_blocks_have_the_same_losses_and_gradients(backend):
    shallow = dataclasses.replace(CONFIG, layers=1, decoder_layers=1)
    _, _, ((inputs, input_segments), (targets, target_segments)) = documents()
    results = []
    for compiled in (False, True):
        model = MT5(shallow).initialise(0).tune(backend, compiled=compiled)
        loss, _ = batch_loss(model, inputs, targets, 34, 1e-4, input_segments, target_segments)
        loss.backward()
        results.append((loss.item(), [value.grad for value in model.parameters()]))
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-5)
    for one, other in zip(results[0][1], results[1][1], strict=True):
        assert (one - other).norm() <= 1e-4 * one.norm()
