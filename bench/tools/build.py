"""Our build as a program to be measured: a recipe with the peers' rules, its command, and what its store holds."""

import json
from collections import Counter
from pathlib import Path

from catalog.versions import Catalog
from shards.store import Store

NAME = "bench"
# Gopher's own bounds, the peer's language threshold, MinHash 14 x 8 over 5-grams; what only we have removes nothing.
_RECIPE = """
name = "{name}"

[[sources]]
kind = "{kind}"
name = "pages"
root = {root}

[rights]
honour_opt_outs = false

[language]
min_confidence = 0.65

[domain]
min_score = 0

[quality]
preset = "gopher"

[boilerplate]
sources = "none"

[privacy]
mask = []

[dedup]
threshold = 0.8
ngram = 5
bands = 14
rows = 8
"""


def write_recipe(path: Path, kind: str, root: Path) -> Path:
    """A recipe over the folder `root`, read as a source of that kind ("warc" or "folder")."""
    path.write_text(_RECIPE.format(name=NAME, kind=kind, root=json.dumps(str(root.resolve()))), encoding="utf-8")
    return path


def command(recipe: Path, store: Path, engine: str = "local") -> list[str]:
    """Arguments of Python that build the recipe into the store on one worker."""
    return ["-m", "ingest", "run", str(recipe), "--root", str(store), "--engine", engine, "--workers", "1"]


def kept_urls(store: Path) -> set[str]:
    """URLs of the documents in the version."""
    catalog = Catalog(store)
    tables = (catalog.store.get_table(shard.blob, ("url",)) for shard in catalog.resolve(NAME).shards)
    return {url for table in tables for url in table["url"].to_pylist()}


def inputs(store: Path) -> int:
    """Inputs that the version accounts for: kept, dropped and quarantined."""
    return sum(funnel.inputs for funnel in Catalog(store).resolve(NAME).funnels)


def cpu_by_step(store: Path) -> dict[str, float]:
    """CPU seconds of each step, as its receipts say."""
    opened, seconds = Store(store), Counter()
    for path in opened.list("receipts"):
        receipt = opened.get_json(path)
        seconds[receipt["step"]] += receipt["cpu_seconds"]
    return dict(seconds)
