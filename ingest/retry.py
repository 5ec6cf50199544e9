"""Second chances: forget the finished work that put inputs into quarantine for a reason that may pass."""

from ingest import job
from ingest.crawl.reopen import reopen
from ingest.engine.graph import receipt_path
from ingest.recipe import Crawl, Recipe
from shards.store import Store

# What time, memory or a better network may cure; an encrypted PDF stays encrypted.
PASSING = frozenset({"timeout", "crash", "oom", "refused", "dns", "connection", "http-429", "http-500", "http-502",
                     "http-503", "http-504"})  # fmt: skip


def forget(recipe: Recipe, root: str, reasons: frozenset[str]) -> int:
    """Drop the receipts of partitions with inputs quarantined for `reasons`, reopen crawls; return how many inputs.

    Objects stay: a version that is committed is not touched.
    """
    store = Store(root)
    _, forecasts, _ = job.predict(recipe, root)
    inputs = 0
    for item in forecasts:
        if item.node.step.name != "extract" or item.receipt is None:
            continue
        rows = store.get_table(item.receipt.outputs["quarantine"], ("stage", "reason")).to_pylist()
        found = sum(row["reason"] in reasons and row["stage"] != "fetch" for row in rows)
        if found:
            store.delete(receipt_path("extract", item.receipt.key))
            inputs += found
    for source in recipe.sources:
        if isinstance(source, Crawl):
            inputs += reopen(job.directory_of(source, root), reasons)
    return inputs
