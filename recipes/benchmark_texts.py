"""The texts of a recipe's benchmarks as JSON lines, a file each: what `real_test.toml` makes a version of.

    python -m recipes.benchmark_texts recipes/real_sample.toml --out mirror/benchmark-texts
    python -m ingest run recipes/real_test.toml
    python -m train.ablate --arm ... --arm ... --test benchmarks=real-test@latest

Such a version is for measuring: the recipe keeps these texts out of every corpus, so no arm has seen them.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from filters.decontaminate.readers import read
from ingest.recipe import load
from shards.commands import console, run
from shards.errors import InputError

app = typer.Typer(add_completion=False)


@app.command()
def main(
    recipe: Annotated[Path, typer.Argument(help="The recipe that names the benchmarks.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("mirror/benchmark-texts"),
) -> None:
    """Write NAME.jsonl for each benchmark of a recipe: `id` and `text` of every item."""
    entries = load(recipe).document.decontaminate.benchmarks
    if not entries:
        raise InputError(f"{recipe} names no benchmark: see [[decontaminate.benchmarks]] in docs/recipes.md")
    out.mkdir(parents=True, exist_ok=True)
    for entry in entries:
        path, count = out / f"{entry.name}.jsonl", 0
        with path.open("w") as file:
            for item in read(entry.pinned(recipe.parent)):
                file.write(json.dumps({"id": f"{entry.name}/{item.id}", "text": item.text}, ensure_ascii=False) + "\n")
                count += 1
        console().print(f"{path}: {count:,} items", soft_wrap=True)


if __name__ == "__main__":
    run(app)
