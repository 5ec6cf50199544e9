"""From Tesseract's hOCR to the lines of a page: words with their boxes, cut into cells, in points.

Format: http://kba.github.io/hocr-spec/1.2/ (bbox, baseline, x_size).
"""

import dataclasses
import re
from collections.abc import Iterator
from statistics import median

import numpy as np
from lxml import etree

from ingest.extract.pdf.lines import Line
from ingest.extract.pdf.place_tables import with_tables
from ingest.extract.pdf.tables import find_grids
from ingest.extract.result import ExtractError

_BOX = re.compile(r"bbox (\d+) (\d+) (\d+) (\d+)")
_SIZE = re.compile(r"x_size ([\d.]+)")
_BASELINE = re.compile(r"baseline (-?[\d.]+) (-?[\d.]+)")
_CONFIDENCE = re.compile(r"x_wconf (\d+)")
_ASCENT, _DESCENT = 0.78, 0.22  # of the size: the box of a line around its baseline
_APART = 1.3  # of the size: a gap between cells
_ALIKE = 1.25  # times the page's usual size, or a part of it: Tesseract's measures of one type vary
_NOISE = 20  # per cent: words of less confidence without a letter or digit are specks and rules
_SIGN = re.compile(r"\w")


@dataclasses.dataclass(frozen=True)
class _Word:
    text: str
    left: float
    right: float


def page_lines(hocr: bytes, points: float, rules: np.ndarray, page: tuple[float, float]) -> list[Line]:
    """The lines of a page of the given size (points), tables put together, given hOCR in pixels of `points` each."""
    try:
        root = etree.fromstring(
            hocr, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
        )
    except etree.XMLSyntaxError as error:
        raise ExtractError("ocr-failed", f"Tesseract's answer is no hOCR: {error}") from error
    found = list(_lines(root, points, page[1]))
    usual = median([size for _, _, size in found]) if found else 0.0
    grids = find_grids(rules)
    first = 0
    for at, grid in enumerate(grids):
        grids[at] = dataclasses.replace(grid, cells=grid.cells + first)
        first += grid.cells.size
    lines, cells = [], []
    for words, base, size in found:
        size = usual if usual / _ALIKE < size < usual * _ALIKE else size
        own = [_cell(word, base + 0.3 * size, grids) for word in words]
        start = 0
        for at in range(1, len(words) + 1):
            if at < len(words) and own[at] == own[at - 1] and words[at].left - words[at - 1].right < _APART * size:
                continue
            piece = words[start:at]
            text = " ".join(word.text for word in piece)
            box = piece[0].left, base - _DESCENT * size, piece[-1].right, base + _ASCENT * size
            lines.append(Line(text, *box, *page))
            cells.append(own[start])
            start = at
    return with_tables(lines, cells, grids, rules)


def _cell(word: _Word, height: float, grids: list) -> int:
    middle = np.array([(word.left + word.right) / 2]), np.array([height])
    return next((int(cell) for grid in grids if (cell := grid.places(*middle)[0]) >= 0), -1)


def _lines(root: etree._Element, points: float, height: float) -> Iterator[tuple[list[_Word], float, float]]:
    """(words, baseline, size) of each line of the hOCR, in points."""
    for line in root.iter("{*}span"):
        if line.get("class") not in ("ocr_line", "ocr_header", "ocr_textfloat", "ocr_caption"):
            continue
        facts = line.get("title", "")
        box, size, baseline = _BOX.search(facts), _SIZE.search(facts), _BASELINE.search(facts)
        if not box or not size:
            continue
        words = [word for item in line.iter("{*}span") if (word := _word(item, points)) is not None]
        if words:
            below = int(box[4]) + (float(baseline[2]) if baseline else 0.0)
            yield words, height - below * points, float(size[1]) * points


def _word(item: etree._Element, points: float) -> _Word | None:
    box, sure = _BOX.search(item.get("title", "")), _CONFIDENCE.search(item.get("title", ""))
    text = "".join(item.itertext()).strip()
    if item.get("class") != "ocrx_word" or not box or not text:
        return None
    if sure and int(sure[1]) < _NOISE and not _SIGN.search(text):
        return None
    return _Word(text, int(box[1]) * points, int(box[3]) * points)
