"""The command `python -m ingest`."""

from ingest.cli import app
from shards.commands import run

if __name__ == "__main__":
    run(app)
