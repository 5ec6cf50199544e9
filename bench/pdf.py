"""PDF extraction: pages per CPU-second, and quality against publishers' XML and single facts, beside three libraries.

Ours runs in-process (`extract_pdf`, without the sandbox's process), as the peers do: pypdfium2's plain text, pypdf and
pdfminer.six. Speed: all files of `../shared/data/pdf` that every side can open, of at most 30 pages, process CPU time,
medians of three turns over all of them, the sides in turns. Word F1 and 5-gram order recall: six articles with their
XML. Facts: olmOCR-bench's sample (present, absent, order). `hand_checked_f1_*`: word F1 against the hand-checked text
of a book of 117 pages. `poison_*`: files that break extractors, in the sandbox, with the most memory that one took.
Needs `../shared/data/pdf`.
"""

import io
import logging
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pypdf
import pypdfium2
from pdfminer.high_level import extract_text
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException

from bench.frame import Benchmark, run
from bench.tools import poison
from bench.tools.html_scores import plain, word_f1
from bench.tools.pdf_scores import PdfExtractor, article_scores, articles, facts, folded, pass_rate
from bench.tools.turns import in_short_turns
from ingest.extract.pdf.extract import extract_pdf
from ingest.extract.references import without_references
from ingest.extract.result import ExtractError
from ingest.extract.sandbox import Sandbox
from shards.errors import InputError

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "pdf"
_MOST_PAGES = 30  # of a file whose speed is measured: pdfminer.six needs minutes for a book
_QUICK_FILES = 25


def ours(data: bytes) -> str:
    """Our text; empty when the file is refused."""
    try:
        return extract_pdf(data, 2000).text
    except ExtractError:
        return ""


def pdfium(data: bytes) -> str:
    """pypdfium2's plain text of all pages."""
    try:
        document = pypdfium2.PdfDocument(data)
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    except pypdfium2.PdfiumError:
        return ""


def with_pypdf(data: bytes) -> str:
    """pypdf's text of all pages."""
    try:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ""


def pdfminer(data: bytes) -> str:
    """pdfminer.six's text of all pages."""
    try:
        return extract_text(io.BytesIO(data))
    except (PDFException, PSException, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ""


SIDES: dict[str, PdfExtractor] = {"ours": ours, "pypdfium2": pdfium, "pypdf": with_pypdf, "pdfminer": pdfminer}


def measure(quick: bool) -> Benchmark:
    """Quality of all, then speed of all."""
    if not DATA.is_dir():
        raise InputError(f"{DATA} does not exist: this benchmark needs real files")
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)  # pypdf and pdfminer tell of every oddity
    papers, known = articles(DATA / "norma_jats"), facts(DATA / "olmocr_bench")
    checks: dict[str, float | bool] = {"articles": len(papers), "facts": len(known)}
    for name, side in SIDES.items():
        texts = [side(paper.data) for paper in papers]
        f1, order = article_scores(papers, texts)
        if name == "ours":  # as a build has it by default; the gold has no references either
            dropped = article_scores(papers, list(map(without_references, texts)))
            checks |= {
                "word_f1_ours_without_references": dropped[0],
                "order_recall_ours_without_references": dropped[1],
            }
        pages = {fact.data: side(fact.data) for fact in known}
        rate = pass_rate(known, [pages[fact.data] for fact in known])
        checks |= {f"word_f1_{name}": f1, f"order_recall_{name}": order, f"facts_passed_{name}": rate}
        if not quick:
            checks[f"hand_checked_f1_{name}"] = _book(side)
    if not quick:
        sandbox = Sandbox(poison.LIMITS)
        found = list(poison.endings(poison.poison(DATA.parent / "poison"), sandbox))
        checks |= poison.summary(found, sandbox)
        sandbox.close()
    files = _files(quick)
    checks |= {"files_timed": len(files), "pages_timed": sum(pages for _, pages in files)}
    speeds = _speeds(files, quick)
    return Benchmark("pdf", "pages per CPU-second", speeds.pop("ours"), speeds, checks)


def _book(side: PdfExtractor) -> float:
    gold = (DATA / "geotopo" / "GeoTopo-book.txt").read_text(encoding="utf-8")
    text = side((DATA / "geotopo" / "GeoTopo-komprimiert.pdf").read_bytes())
    return word_f1(folded(plain(text)), folded(gold))


def _files(quick: bool) -> list[tuple[bytes, int]]:
    """(bytes, pages) of the files that all sides read and that are not too long."""
    found = []
    for path in sorted(DATA.rglob("*.pdf")):
        data = path.read_bytes()
        if not ours(data):
            continue
        pages = len(pypdfium2.PdfDocument(data))
        if pages <= _MOST_PAGES and all(side(data) for side in SIDES.values()):
            found.append((data, pages))
    return found[:_QUICK_FILES] if quick else found


def _speeds(files: Sequence[tuple[bytes, int]], quick: bool) -> dict[str, float]:
    ways = {name: partial(_texts, side) for name, side in SIDES.items()}
    spent = in_short_turns(ways, [data for data, _ in files], 1 if quick else 3, 5)
    pages = sum(count for _, count in files)
    return {name: pages / seconds for name, seconds in spent.items()}


def _texts(side: PdfExtractor, files: Sequence[bytes]) -> list[str]:
    return [side(data) for data in files]


if __name__ == "__main__":
    run(measure, __doc__)
