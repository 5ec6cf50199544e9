"""What `bench/html.py` measures."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from bench.frame import Benchmark
from bench.probe.pages import probe_pages
from bench.probe.score import MEASURES, score
from bench.tools.html_scores import Extractor, Page, snippet_score, trafilatura_pages, wcxb_pages, word_score
from bench.tools.turns import in_short_turns
from filters.domain.step import domain_filter
from filters.models import find_language_model
from ingest.extract.html.extract import extract_html
from ingest.extract.options import HtmlOptions
from ingest.extract.result import ExtractError, RejectedError

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "html"
LANGUAGES = ("en", "es", "fr", "it")
OTHER_LANGUAGE, OFF_TOPIC = 0.7, 0.1  # the glance's thresholds: far below what rules drop
_GENERAL = 0.1  # medical score of its gold text below which a page counts as unwanted
_WANTED_SHARE = 0.05


def ours(data: bytes, url: str | None, options: HtmlOptions = HtmlOptions()) -> str:  # noqa: B008
    """Our text of a page; empty when there is none or it is turned away."""
    try:
        return extract_html(data, None, url, options).text
    except (ExtractError, RejectedError):
        return ""


def standard(data: bytes, url: str | None, formatting: bool = False, recall: bool = False, fast: bool = False) -> str:
    """trafilatura as Markdown with tables, in its standard mode or in its fast one, which asks no other extractor."""
    found = trafilatura.extract(
        data, url=url, output_format="markdown", include_comments=False, include_tables=True,
        include_formatting=formatting, favor_recall=recall, fast=fast,
    )  # fmt: skip
    return found or ""


def resiliparse(data: bytes, url: str | None) -> str:
    """resiliparse's main content with line breaks and bullets."""
    text = bytes_to_str(data, detect_encoding(data))
    return extract_plain_text(text, main_content=True, alt_texts=False, preserve_formatting=True)


def measure(quick: bool) -> Benchmark:
    """Quality first, then speed."""
    probe = probe_pages()
    news = trafilatura_pages(DATA / "trafilatura") if DATA.is_dir() else []
    web = wcxb_pages(DATA / "wcxb") if DATA.is_dir() else []
    quickest = partial(standard, fast=True)
    sides: dict[str, Extractor] = {
        "ours": ours, "trafilatura": standard, "trafilatura_fast": quickest, "resiliparse": resiliparse
    }  # fmt: skip
    checks: dict[str, float | bool] = {}
    for name, side in sides.items():
        if news:
            checks[f"f1_trafilatura_set_{name}"] = snippet_score(news, _texts(side, news))[2]
            checks[f"f1_wcxb_{name}"] = word_score(web, _texts(side, web))
    formatted = {
        "trafilatura": partial(standard, formatting=True),
        "trafilatura_fast": partial(quickest, formatting=True),
        "trafilatura_recall": partial(standard, formatting=True, recall=True),
    }
    for name, side in (sides | formatted).items():
        found = score(probe, [side(page.data, None) for page in probe])
        checks |= {f"probe_{measured}_{name}": found[measured] for measured in MEASURES}
    wanted = [Page(page.name, None, page.data, (), ()) for page in probe]
    survivors = [*news, *web, *wanted]
    speeds = _speeds(sides, survivors[:: 4 if quick else 1], quick)
    checks |= {f"survivors_pages_per_cpu_s_{name}": speed for name, speed in speeds.items()}
    checks |= {f"survivors_ours_over_{name}": speeds["ours"] / speeds[name] for name in speeds if name != "ours"}
    model = find_language_model(None)
    options = HtmlOptions(LANGUAGES, OTHER_LANGUAGE, OFF_TOPIC, model.sha256, model_path=model.path)
    glancing = partial(ours, options=options)
    unwanted = _unwanted(news, web) or wanted
    checks["wanted_pages_turned_away"] = sum(not glancing(page.data, None) for page in wanted)
    checks["unwanted_share_turned_away"] = sum(_turned_away(page, options) for page in unwanted) / len(unwanted)
    mix = _mix(wanted[:: 6 if quick else 2], unwanted)
    mixed = _speeds(sides | {"ours": glancing}, mix, quick)
    checks |= {"pages_in_mix": len(mix), "distinct_unwanted_pages": len(unwanted)}
    return Benchmark("html", "pages per CPU-second, 95 % unwanted", mixed.pop("ours"), mixed, checks)


def _texts(side: Extractor, pages: Sequence[Page]) -> list[str]:
    return [side(page.data, page.url) for page in pages]


def _unwanted(news: Sequence[Page], web: Sequence[Page]) -> list[Page]:
    """Pages of the sets whose annotated content is not medical, by the full domain step."""
    import pyarrow as pa

    pages = [*news, *web]
    texts = [page.text or " ".join(page.present) for page in pages]
    table = pa.table({"doc_id": [page.name for page in pages], "text": texts}) if pages else None
    scores = domain_filter().run(table)["scores"]["score"].to_pylist() if pages else []
    return [page for page, medical in zip(pages, scores, strict=True) if medical < _GENERAL]


def _turned_away(page: Page, options: HtmlOptions) -> bool:
    try:
        extract_html(page.data, None, page.url, options)
    except RejectedError:
        return True
    except ExtractError:
        return False
    return False


def _mix(wanted: Sequence[Page], unwanted: Sequence[Page]) -> list[Page]:
    """`wanted` and so many of `unwanted`, over and over, that the wanted are a twentieth, spread evenly."""
    others = round(len(wanted) * (1 / _WANTED_SHARE - 1))
    between = [unwanted[at % len(unwanted)] for at in range(others)]
    every = others // len(wanted)
    return [page for at, one in enumerate(wanted) for page in (one, *between[at * every : (at + 1) * every])]


def _speeds(
    sides: dict[str, Callable[[bytes, str | None], str]], pages: Sequence[Page], quick: bool
) -> dict[str, float]:
    """Pages per second of process CPU time of each side, in turns."""
    ways = {name: partial(_texts, side) for name, side in sides.items()}
    for way in ways.values():
        way(pages[:20])
    spent = in_short_turns(ways, pages, 1 if quick else 3, 20)
    return {name: len(pages) / seconds for name, seconds in spent.items()}
