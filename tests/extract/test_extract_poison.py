"""Files that break extractors: each ends in text or a reason, within its memory, and the next one is none the worse."""

from pathlib import Path

import pytest

from bench.tools.poison import LIMITS, endings, poison, summary
from ingest.extract.sandbox import Sandbox

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "poison"
REASONS = {
    "text", "encrypted", "truncated", "malformed", "no-text", "empty", "not-html", "too-many-pages", "too-large",
    "timeout", "oom", "crash", "extractor-error", "garbled", "scanned",
}  # fmt: skip
MADE = {
    "million-pages.pdf": {"too-many-pages"}, "one-page-100000-times.pdf": {"too-many-pages"},
    "page-tree-in-circles.pdf": {"malformed", "empty"}, "image-of-10-gigapixels.pdf": {"no-text"},
    "stream-that-inflates.pdf": {"no-text", "oom", "timeout"}, "cut.pdf": {"truncated"},
    "deep.html": {"empty", "text", "extractor-error", "oom"}, "wide-cell.html": {"text", "empty"},
    "attributes.html": {"text", "empty", "timeout"}, "long-line.html": {"text", "empty"},
}  # fmt: skip


@pytest.mark.slow
def test_every_poison_ends_within_its_memory(capsys):
    if not DATA.is_dir():
        pytest.skip(f"needs {DATA}")
    sandbox, inputs = Sandbox(LIMITS), poison(DATA)
    found = list(endings(inputs, sandbox))
    checks = summary(found, sandbox)
    after = sandbox.extract(b"<html><body><p>Still alive, still reading.</p></body></html>", "text/html", None, None)
    sandbox.close()
    with capsys.disabled():
        print("\n   peak MB  outcome          file")
        for one in sorted(found, key=lambda ending: -ending.peak):
            print(f"{one.peak / 1e6:10.1f}  {one.outcome:<16} {one.name}")
    assert len(found) == len(inputs) >= 100
    assert {ending.outcome for ending in found} <= REASONS
    assert all(0 < ending.peak < LIMITS.memory for ending in found)
    assert checks["poison_within_cap"] and checks["poison_children_replaced"] <= 3
    assert "Still alive" in after.text
    made = {ending.name.removeprefix("made/"): ending.outcome for ending in found if ending.name.startswith("made/")}
    assert made.keys() == MADE.keys() and all(outcome in MADE[name] for name, outcome in made.items())
