"""mT5's training step on one GPU: tokens a second, MFU and memory, ours in several ways beside transformers' mT5.

    python -m bench.gpu                          # large and XL, 512 and 1024 tokens: about ten minutes on an H200
    python -m bench.gpu --size large --length 512 --out bench/gpu_results

Writes NAME-OF-GPU.json and .md: whole steps with random weights in bfloat16 on float32 masters (AdamW fused; operations
by `train.flops`, against the datasheet and a measured product of matrices), attention and head alone in each of their
ways, and their errors beside float64. Where there is no GPU it runs on the CPU, which shows that it works and no more.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import torch
import typer

from bench.frame import describe_machine, rounded
from bench.tools.gpu_parts import attention_rows, head_rows
from bench.tools.gpu_step import WAYS, step_row
from shards.commands import console, run
from train.data.corrupt import Noise, example_lengths, raw_length
from train.model import ModelConfig, preset
from train.watch.speed import peak

VOCABULARY = 250_112
EXAMPLES = {("large", 512): 64, ("large", 1024): 32, ("xl", 512): 32, ("xl", 1024): 16}
SMALLEST = ModelConfig(1024, 64, 16, 128, 1, 4, 1)
BLOCKS = (1024, 2048, 4096)  # positions of the head at once

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


def collect(shapes: dict[str, tuple[ModelConfig, int, int]], device: torch.device, repeats: int) -> dict:
    """All tables. `shapes`: name to (config, encoder tokens, examples)."""
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    found = peak(device, dtype)
    tables: dict[str, list[dict]] = {}
    for name, (config, length, examples) in shapes.items():
        targets = example_lengths(raw_length(length, Noise()), Noise(), 100)[1]
        sizes = (examples, length, targets)
        tables[f"step, {name}"] = [step_row(way, config, sizes, (device, dtype), found, repeats) for way in WAYS]
        for packed in (False, True):
            rows = attention_rows(device, dtype, (examples, config.heads, length, config.d_kv), packed, repeats)
            tables.setdefault("attention", []).extend(rows)
        positions = examples * targets
        blocks = [rows for rows in BLOCKS if rows <= positions] or [max(1, positions // 4)]
        head = head_rows(device, dtype, (positions, config.d_model, config.vocab_size), blocks, repeats)
        tables.setdefault("head", []).extend(head)
    return {
        "device": found.device,
        "machine": describe_machine(),
        "torch": torch.__version__,
        "when": f"{datetime.now(UTC):%Y-%m-%d}",
        "datasheet_tflops": None if found.datasheet is None else found.datasheet / 1e12,
        "measured_tflops": found.measured / 1e12,
        "tables": tables,
    }


def as_markdown(result: dict) -> str:
    """The tables, with the machine above them."""
    lines = [f"# {result['device']}, {result['when']}", "", f"{result['machine']}; measured products "]
    lines[-1] += f"{rounded(result['measured_tflops']):,} TFLOP/s, datasheet {result['datasheet_tflops']}."
    for name, rows in result["tables"].items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines += ["", f"## {name}", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
        lines += [f"| {' | '.join(shown(row.get(column, '')) for column in columns)} |" for row in rows]
    return "\n".join(lines) + "\n"


def shown(value: object) -> str:
    """A cell."""
    return f"{rounded(value):,}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


@app.command()
def main(
    size: Annotated[str, typer.Option(help="large, xl, or both by default; tiny: a minute on a CPU.")] = "",
    length: Annotated[int, typer.Option(help="Encoder tokens; 0: 512 and 1024.")] = 0,
    repeats: Annotated[int, typer.Option(help="Runs of which the median is taken.")] = 10,
    device: Annotated[str, typer.Option(help="cuda or cpu; by default what there is.")] = "",
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("bench/gpu_results"),
) -> None:
    """Measure mT5's training step, its attention and its head on one GPU."""
    place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    if size == "tiny":
        shapes = {"tiny": (SMALLEST, length or 128, 4)}
    else:
        shapes = {
            f"{one}, {tokens}": (preset(one, VOCABULARY), tokens, examples)
            for (one, tokens), examples in EXAMPLES.items()
            if one in (size or one) and tokens == (length or tokens)
        }
    result = collect(shapes, place, repeats)
    out.mkdir(parents=True, exist_ok=True)
    stem = out / re.sub(r"\W+", "-", result["device"].lower()).strip("-")
    stem.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
    stem.with_suffix(".md").write_text(as_markdown(result))
    console().print(f"written: {stem.with_suffix('.md')}")


if __name__ == "__main__":
    run(app)
