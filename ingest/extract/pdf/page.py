"""One page of a PDF as lines with their boxes, by pdfium: scripts kept, ruled tables row by row."""

import ctypes
import dataclasses

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.extract.pdf.lines import SIDE, Line, with_scripts
from ingest.extract.pdf.native import address, read_chars, read_drawings
from ingest.extract.pdf.place_tables import with_tables
from ingest.extract.pdf.runs import split_runs
from ingest.extract.pdf.symbols import readable
from ingest.extract.pdf.tables import cells_of, find_grids

_ASCENT, _DESCENT = 0.78, 0.22  # of the size: the box of a line around its baseline
_MOST_LINES = 6_000  # drawn on a page: more are a map, and no table is looked for
_DEEPEST, _MOST_FORMS = 3, 200  # forms within forms, and forms of a page
_UPRIGHT = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
_BOLD = ("bold", "black", "heavy", "demi")
_MOSTLY = 0.75  # of the characters of a line, spaces among them


@dataclasses.dataclass(frozen=True)
class PageText:
    """A page's lines in content order, and what shows whether they can be trusted.

    `chars`: visible characters; `covered`: share of the page under images; `odd`: share of its characters that no font
    names (U+FFFD, private use, controls).
    """

    lines: list[Line]
    chars: int
    covered: float
    odd: float


@dataclasses.dataclass(frozen=True)
class _Chars:
    """The characters of a page, as `read_chars` gives them."""

    codes: np.ndarray
    places: np.ndarray
    generated: np.ndarray
    bold: np.ndarray


def read_page(page: pdfium.PdfPage) -> PageText:
    """Lines and facts of a page; boxes in points from its lower left corner, the page turned as most of its text runs.

    Text askew (watermarks) is left out.
    """
    text_page = page.get_textpage()
    codes, places, direction, generated, fonts = read_chars(
        address(text_page.raw), max(0, pdfium_c.FPDFText_CountChars(text_page.raw))
    )
    visible = (generated == 0) & ((codes > 32) | (codes == 2)) & (codes != 0xA0)  # 2: a hyphen at a line's end
    bold = np.zeros(len(codes), np.int8)
    names = {font: _font_name(font) for font in np.unique(fonts[visible]).tolist()}
    for font, name in names.items():
        codes = readable(codes, fonts == font, name)
        if any(word in name for word in _BOLD):
            bold[fonts == font] = 1
    odd = _odd(codes[visible | ((codes < 32) & (generated == 0))])
    text_page.close()
    turns = np.bincount(direction[visible & (direction >= 0)], minlength=4)
    main = int(turns.argmax())
    left, bottom, right, top = page.get_bbox()
    rules, images = _drawings(page)
    places[:, [0, 2, 4]] -= left
    places[:, [1, 3, 5]] -= bottom
    covered = _covered(images, (right - left) * (top - bottom))
    size = np.array([[0.0, 0.0, right - left, top - bottom]])
    shift = _turned(size, main)[0, :2]
    width, height = _turned(size, main)[0, 2:] - shift
    rules = _turned(rules - [left, bottom, left, bottom], main) - np.tile(shift, 2)
    chars = _Chars(codes, _turned(places, main) - np.append(np.tile(shift, 3), 0), generated, bold)
    upright = visible & (direction == main)
    cells, grids = cells_of(find_grids(rules), chars.places, upright)
    lines, in_cells = _lines(chars, direction == main, cells, (width, height))
    for turn in range(4):
        if turn != main and turns[turn]:
            lines += _side_lines(chars, direction == turn, (turn - main) % 4, (width, height))
    lines = with_tables(lines, in_cells, grids, rules)
    return PageText(lines, int(visible.sum()), covered, odd)


def _lines(
    chars: _Chars, chosen: np.ndarray, cells: np.ndarray, page: tuple[float, float]
) -> tuple[list[Line], list[int]]:
    """The lines of the chosen characters, and the cell of a ruled table that each stands in (-1: in none)."""
    codes, scripts, runs, boxes = split_runs(
        chars.codes, chars.places, chars.generated, chosen.astype(np.int8), chars.bold, cells
    )
    text = codes.tobytes().decode("utf-32-le")
    marked = np.concatenate([[0], np.cumsum(scripts != 0)]).tolist()
    marks = scripts.tobytes()
    lines = []
    for (start, end, _, heavy), (left, right, base, size) in zip(runs.tolist(), boxes.tolist(), strict=True):
        words = text[start:end]
        if marked[end] > marked[start]:
            words = with_scripts(words, marks[start:end])
        low, high = base - _DESCENT * size, base + _ASCENT * size
        lines.append(Line(words, left, low, max(right, left + 1), high, *page, bold=heavy > _MOSTLY * (end - start)))
    return lines, runs[:, 2].tolist()


def _side_lines(chars: _Chars, chosen: np.ndarray, turn: int, page: tuple[float, float]) -> list[Line]:
    """Lines of text that runs up or down the page (or upside down); the boxes are those on the page."""
    turned = dataclasses.replace(chars, places=_turned(chars.places, turn))
    lines, _ = _lines(turned, chosen, np.full(len(chars.codes), -1, np.int32), page)
    boxes = np.array([(line.left, line.bottom, line.right, line.top) for line in lines]).reshape(-1, 4)
    back = _turned(boxes, (4 - turn) % 4).tolist()
    return [
        line._replace(left=left, bottom=bottom, right=right, top=top, kind=SIDE)
        for line, (left, bottom, right, top) in zip(lines, back, strict=True)
    ]


def _turned(boxes: np.ndarray, quarters: int) -> np.ndarray:
    """Boxes (and points: columns in pairs x, y; a last single column is a size) turned clockwise about the origin."""
    if quarters == 0 or not len(boxes):
        return boxes
    out = boxes.copy()
    x, y = boxes[:, 0:-1:2] if boxes.shape[1] % 2 else boxes[:, 0::2], boxes[:, 1::2]
    new_x, new_y = {1: (y, -x), 2: (-x, -y), 3: (-y, x)}[quarters]
    out[:, 0 : 2 * new_x.shape[1] : 2], out[:, 1 : 2 * new_y.shape[1] : 2] = new_x, new_y
    for low, high in ((0, 2), (1, 3)):
        out[:, low], out[:, high] = np.minimum(out[:, low], out[:, high]), np.maximum(out[:, low], out[:, high])
    return out


def _drawings(page: pdfium.PdfPage) -> tuple[np.ndarray, np.ndarray]:
    """(lines, images) of the page and the forms on it, as x0, y0, x1, y1."""
    lines, images = [], []
    waiting = [(address(page.raw), False, _UPRIGHT, 0)]
    for seen, (handle, is_form, matrix, depth) in enumerate(waiting):
        drawn, pictures, matrices, forms = read_drawings(handle, is_form, _MOST_LINES, matrix)
        lines.append(drawn)
        images.append(pictures)
        if depth < _DEEPEST and seen < _MOST_FORMS:
            waiting += [(int(form), True, inner, depth + 1) for form, inner in zip(forms, matrices, strict=True)]
        if seen >= _MOST_FORMS:
            break
    return np.concatenate(lines), np.concatenate(images)


def _covered(images: np.ndarray, area: float) -> float:
    if area <= 0 or not len(images):
        return 0.0
    return float(min(1.0, np.abs((images[:, 2] - images[:, 0]) * (images[:, 3] - images[:, 1])).sum() / area))


def _odd(codes: np.ndarray) -> float:
    """Share of U+FFFD, private use and control characters but line ends and pdfium's hyphen (U+0002)."""
    control = (codes < 32) & (codes != 2) & (codes != 9) & (codes != 10) & (codes != 13)
    private = (codes >= 0xE000) & (codes <= 0xF8FF)
    return float((control | private | (codes == 0xFFFD)).sum()) / max(1, len(codes))


def _font_name(font: int) -> str:
    """A font's name in lower case, empty when it has none."""
    if not font:
        return ""
    handle = ctypes.cast(font, pdfium_c.FPDF_FONT)
    name = ctypes.create_string_buffer(128)
    length = pdfium_c.FPDFFont_GetBaseFontName(handle, name, len(name))
    return name.value.decode("utf-8", "replace").lower() if 0 < length <= len(name) else ""
