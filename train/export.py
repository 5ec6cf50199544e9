"""A trained model as a Hugging Face folder: config, weights, generation config and tokenizer."""

import json
import shutil
from pathlib import Path

from safetensors.torch import save_file

from train.convert import to_hugging_face, write_config
from train.data.tokenizer import Tokenizer
from train.model import MT5


def export(folder: Path, model: MT5, tokens: Tokenizer, beside: dict[str, bytes] | None = None) -> Path:
    """Write the folder, whole or not at all: `AutoModelForSeq2SeqLM` and `AutoTokenizer` load it.

    Weights are float32, the master copy of training. `beside`: further files, by name.
    """
    temporary = folder.with_name(f".tmp-{folder.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    save_file(to_hugging_face(model), temporary / "model.safetensors", metadata={"format": "pt"})
    special = {"pad_token_id": tokens.pad_id, "eos_token_id": tokens.eos_id, "decoder_start_token_id": tokens.pad_id}
    _write(temporary / "config.json", write_config(model.config) | special)
    _write(temporary / "generation_config.json", special)
    tokens.save(temporary)
    for name, content in (beside or {}).items():
        (temporary / name).write_bytes(content)
    if folder.exists():
        shutil.rmtree(folder)
    return temporary.replace(folder)


def _write(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")
