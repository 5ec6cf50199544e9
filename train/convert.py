"""Hugging Face's mT5 in and out: names and configs are mapped, numbers are never touched."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from shards.errors import InputError
from train.model import MT5, ModelConfig

_CONFIG = {
    "vocab_size": "vocab_size",
    "d_model": "d_model",
    "d_kv": "d_kv",
    "d_ff": "d_ff",
    "layers": "num_layers",
    "heads": "num_heads",
    "decoder_layers": "num_decoder_layers",
    "buckets": "relative_attention_num_buckets",
    "max_distance": "relative_attention_max_distance",
    "epsilon": "layer_norm_epsilon",
}
_ALIASES = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")  # further names of shared.weight


def to_names(config: ModelConfig) -> dict[str, str]:
    """Hugging Face's name of each of our parameters."""
    names = {"embedding.weight": "shared.weight", "head.weight": "lm_head.weight"}
    for stack, layers in (("encoder", config.layers), ("decoder", config.decoder_layers)):
        table = f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        names[f"{stack}.position_bias.weight"] = table
        names[f"{stack}.norm.weight"] = f"{stack}.final_layer_norm.weight"
        for number in range(layers):
            ours, theirs = f"{stack}.blocks.{number}", f"{stack}.block.{number}.layer"
            parts = [("attention", "SelfAttention", "qkvo")]
            parts += [("cross", "EncDecAttention", "qkvo")] if stack == "decoder" else []
            parts += [("feed_forward", "DenseReluDense", ("wi_0", "wi_1", "wo"))]
            for index, (our_part, their_part, matrices) in enumerate(parts):
                names[f"{ours}.{our_part}_norm.weight"] = f"{theirs}.{index}.layer_norm.weight"
                for matrix in matrices:
                    names[f"{ours}.{our_part}.{matrix}.weight"] = f"{theirs}.{index}.{their_part}.{matrix}.weight"
    return names


def to_hugging_face(model: MT5) -> dict[str, torch.Tensor]:
    """The model's parameters under Hugging Face's names; a tied output matrix is left out, as there."""
    names, state = to_names(model.config), model.state_dict()
    return {
        names[name]: value.detach().cpu().contiguous()
        for name, value in state.items()
        if not (model.config.tied and name == "head.weight")
    }


def load_hugging_face(model: MT5, state: dict[str, torch.Tensor]) -> None:
    """Fill the model from Hugging Face's names; every tensor must find its place, with its shape, or `InputError`."""
    names = to_names(model.config)
    wanted = {theirs: ours for ours, theirs in names.items()}
    given = {name: value for name, value in state.items() if name not in _ALIASES}
    if model.config.tied:
        given.setdefault("lm_head.weight", given.get("shared.weight"))
    missing, extra = sorted(wanted.keys() - given.keys()), sorted(given.keys() - wanted.keys())
    if missing or extra:
        raise InputError(f"not the weights of this mT5: missing {missing[:3]}, unknown {extra[:3]}; check config.json")
    own = model.state_dict()
    for theirs, ours in wanted.items():
        if given[theirs].shape != own[ours].shape:
            raise InputError(f"{theirs} is {tuple(given[theirs].shape)}, config.json says {tuple(own[ours].shape)}")
        own[ours].copy_(given[theirs])


def read_config(plain: dict, tied: bool) -> ModelConfig:
    """Our config of Hugging Face's config.json (model_type mt5, or t5 with a gated GELU)."""
    if plain.get("feed_forward_proj") != "gated-gelu" or plain.get("is_encoder_decoder") is False:
        raise InputError(f"feed_forward_proj is {plain.get('feed_forward_proj')!r}: only gated-gelu (T5 1.1, mT5)")
    # T5's models scale the decoder's output by d^-1/2 unless told not to; mT5's never do.
    scales = plain.get("scale_decoder_outputs", plain.get("tie_word_embeddings", True))
    if plain.get("model_type") == "t5" and scales:
        raise InputError("this T5 scales the decoder's output (tie_word_embeddings: true): only T5 1.1 and mT5")
    if plain.get("num_decoder_layers") is None:
        plain = plain | {"num_decoder_layers": plain["num_layers"]}
    defaults = {"relative_attention_num_buckets": 32, "relative_attention_max_distance": 128}
    plain = defaults | {"layer_norm_epsilon": 1e-6} | plain
    return ModelConfig(**{ours: plain[theirs] for ours, theirs in _CONFIG.items()}, tied=tied)


def write_config(config: ModelConfig) -> dict:
    """config.json of an exported model."""
    return {theirs: getattr(config, ours) for ours, theirs in _CONFIG.items()} | {
        "architectures": ["MT5ForConditionalGeneration"],
        "model_type": "mt5",
        "is_encoder_decoder": True,
        "feed_forward_proj": "gated-gelu",
        "dropout_rate": 0.0,
        "initializer_factor": 1.0,
        "tie_word_embeddings": config.tied,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "decoder_start_token_id": 0,
        "use_cache": True,
        "dtype": "float32",
    }


def load_pretrained(folder: Path, dtype: torch.dtype) -> MT5:
    """A model from a Hugging Face folder: config.json and model.safetensors (also in parts) or pytorch_model.bin.

    Embedding and output matrix are tied if the folder has no output matrix of its own, or the same one twice (.bin):
    config.json is not to be trusted there (transformers 5 writes true for models that have two).
    """
    if not (folder / "config.json").exists():
        raise InputError(f"no model in {folder}: config.json is missing; give a folder saved by transformers")
    state = read_weights(folder)
    embedding, head = state.get("shared.weight"), state.get("lm_head.weight")
    tied = head is None or (embedding is not None and torch.equal(embedding, head))
    config = read_config(json.loads((folder / "config.json").read_text()), tied)
    model = MT5(config, dtype)
    load_hugging_face(model, state)
    return model


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    """All tensors of a Hugging Face folder. Nothing is unpickled but plain tensors."""
    index = folder / "model.safetensors.index.json"
    if index.exists():
        parts = sorted(set(json.loads(index.read_text())["weight_map"].values()))
        return {name: value for part in parts for name, value in load_file(folder / part).items()}
    if (folder / "model.safetensors").exists():
        return load_file(folder / "model.safetensors")
    if (folder / "pytorch_model.bin").exists():
        return torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True)
    raise InputError(f"no weights in {folder}: model.safetensors or pytorch_model.bin expected")
