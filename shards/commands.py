"""What all commands share: consoles, and errors in one line."""

import sys

import typer
from rich.console import Console

from shards.errors import MedcorpusError

LOG_WIDTH = 140  # columns where there is no terminal: a log has no width of its own, and 80 would cut the tables


def console(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal, or `LOG_WIDTH` wide in a pipe or a log."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else LOG_WIDTH)


def run(app: typer.Typer) -> None:
    """Run a command; an error that a user can act on is one red line and exit status 1, without traceback."""
    try:
        app()
    except MedcorpusError as error:
        console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(1) from None
