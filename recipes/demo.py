"""`make demo`: the whole way once, from a crawl of the sample site to a trained model, in a few minutes.

python -m recipes.demo                      # everything under work/demo
python -m recipes.demo --root DIR --steps 400 --engine local
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.panel import Panel
from rich.table import Table

from catalog import views
from catalog.publish import write_card
from catalog.versions import Catalog
from ingest.cli import Engine, build, console
from ingest.job import Result
from ingest.recipe import load
from ingest.views.report import balanced, speed_table
from recipes.sample_site.server import serve
from shards.commands import run
from shards.errors import InputError
from train.loop import pretrain
from train.settings import PretrainConfig, PretrainResult

RECIPE = Path(__file__).with_name("demo.toml")
PORT = 8907  # of demo.toml's start URL: part of every document's address, hence of the version id


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    root: Annotated[Path, typer.Option(help="Folder for everything that the demo makes")] = Path("work/demo"),
    engine: Annotated[Engine, typer.Option(help="ray or local")] = Engine.RAY,
    steps: Annotated[int, typer.Option(min=1, help="Training steps")] = 200,
) -> None:
    """Crawl the sample site, build and document a version, pretrain a tiny mT5 on it, show what happened."""
    show(*build_and_train(root, engine, steps), root)


def build_and_train(root: Path, engine: Engine, steps: int) -> tuple[Result, Path, PretrainResult]:
    """The version, the folder of its card, and the trained model."""
    store = str(root / "store")
    console.rule("1  crawl, extract, filter, deduplicate, commit")
    try:
        with serve(port=PORT, slow_seconds=20) as site:
            console.print(f"serving the sample site at {site.url}")
            result = build(load(RECIPE), store, engine, None, ("latest",))
    except OSError as error:
        raise InputError(f"the sample site needs port {PORT} ({error}): stop what uses it and try again") from error
    console.rule("2  dataset card and plots")
    catalog, card = Catalog(store), root / "card"
    write_card(catalog, result.manifest, card)
    console.print(f"card in {card}")
    console.rule("3  pretrain a tiny mT5 by span corruption")
    config = PretrainConfig(
        root=store, version="demo@latest", out=str(root / "run" / result.version), size="tiny", vocab_size=4000,
        steps=steps, batch=16, input_length=128, schedule="cosine", warmup=30, eval_every=50, eval_examples=16,
        checkpoint_every=100, held_out=0.1,
    )  # fmt: skip
    return result, card, pretrain(config)


def show(result: Result, card: Path, trained: PretrainResult, root: Path) -> None:
    """The funnel, where everything lies, and what to try next."""
    console.rule("what happened")
    console.print(views.funnels(result.manifest))
    console.print(f"{balanced(result.manifest.funnels)}\n", style="bold")
    console.print(speed_table(result.run))
    places = Table(box=None, show_header=False, pad_edge=False, title="where everything lies", title_justify="left")
    store = root / "store"
    for what, where in (
        ("version", f"[bold]{result.version}[/] (demo@latest)"),
        ("shards", f"{store}/objects, listed in {store}/manifests/{result.version}.json"),
        ("dataset card", f"{card / 'README.md'} (plots in {card / 'plots'})"),
        ("loss plot", str(trained.loss_plot)),
        ("model", f"{trained.export_dir} (AutoModelForSeq2SeqLM.from_pretrained)"),
        ("loss", f"{trained.first_loss:.2f} at the first step, {trained.last_loss:.2f} at the last"),
        ("held-out loss", ", ".join(f"{language} {loss:.2f}" for language, loss in sorted(trained.losses.items()))),
    ):
        places.add_row(what, where)
    console.print(places)
    commands = "\n".join(
        (
            f".venv/bin/python -m catalog show demo@latest --root {store}",
            f".venv/bin/python -m ingest plan recipes/demo.toml --root {store}",
            f".venv/bin/python -m catalog publish demo@latest --repo ORG/NAME --dry-run --root {store}",
        )
    )
    console.print(Panel(commands, title="try next", title_align="left", expand=False))


if __name__ == "__main__":
    run(app)
