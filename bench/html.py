"""HTML extraction: quality on two sets of annotated pages and on medical probe pages, and pages per CPU-second.

The figure is pages per second of process CPU time on a mix of which 95 % are pages that a medical corpus in four
languages does not want: ours turns them away after one fast parse (a glance at language and topic), the peers, which
have no such step, extract them all. `survivors_*` is the speed where nothing is turned away, on all pages. Ours asks
trafilatura in its fast mode and repairs what that loses; the peers are its standard mode, which asks other extractors
itself, its fast mode (`trafilatura_fast`), and resiliparse. They run in their best form for each score: trafilatura as
Markdown with tables (with formatting, for the probe pages, so that its headings and lists can count), resiliparse with
formatting kept. Times are medians of three turns over all pages in one process, the sides in turns every 20 pages,
after a warm run. Sets: `../shared/data/html` (left out where it is not); probe pages: `bench/probe`.
"""

import importlib
import sys

# Run as scripts, benchmarks have this folder on their path, where this file hides the standard library's `html`.
sys.path[:] = [place for place in sys.path if not place.endswith("/bench")]
if __name__ == "html":
    del sys.modules["html"]
    importlib.import_module("html")


def measure(quick: bool) -> object:
    """Quality first, then speed; a `bench.frame.Benchmark`."""
    from bench.tools import html_measure  # not before the path is right

    return html_measure.measure(quick)


if __name__ == "__main__":
    from bench.frame import run

    run(measure, __doc__)
