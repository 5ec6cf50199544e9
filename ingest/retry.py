"""Second chances: forget the finished work that put inputs into quarantine for a reason that may pass."""

from ingest import job
from ingest.crawl.pin import load_pin
from ingest.crawl.reopen import reopen
from ingest.crawl.retry import is_passing
from ingest.engine.graph import receipt_path
from ingest.recipe import Recipe
from ingest.recipe.sources import Crawl
from shards.store import Store

_CURABLE = ("timeout", "crash", "oom")  # by a quieter machine or more memory; an encrypted PDF stays encrypted
_HOST = ("robots-unreachable", "retry-after")  # a whole host was left alone for a time


def may_pass(stage: str, reason: str) -> bool:
    """Whether an input quarantined at `stage` for `reason` deserves a second chance unasked."""
    return is_passing(reason) or reason in _HOST if stage == "fetch" else reason in _CURABLE


def forget(recipe: Recipe, root: str, reasons: frozenset[str], database: str | None = None) -> int:
    """Drop the receipts of partitions with inputs quarantined for `reasons`, reopen crawls; return how many inputs.

    No reasons: those that may pass. Objects stay: a version that is committed is not touched.
    """

    def wanted(stage: str, reason: str) -> bool:
        return reason in reasons if reasons else may_pass(stage, reason)

    store = Store(root)
    _, forecasts, _ = job.predict(recipe, root, database)
    inputs = 0
    for item in forecasts:
        if item.node.step.name != "extract" or item.receipt is None:
            continue
        rows = store.get_table(item.receipt.outputs["quarantine"], ("stage", "reason")).to_pylist()
        found = sum(row["stage"] != "fetch" and wanted(**row) for row in rows)
        if found:
            store.delete(receipt_path("extract", item.receipt.key))
            inputs += found
    for source in recipe.sources:
        if isinstance(source, Crawl):
            directory = job.directory_of(source, root)
            pin = load_pin(directory)
            failed = pin.counts["failed"] if pin else ()
            inputs += reopen(directory, {reason for reason in failed if wanted("fetch", reason)})
    return inputs
