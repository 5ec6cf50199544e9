"""The reading order of a page: recursive XY-cut (Nagy and Seth 1984) on lines, columns before rows.

Tables without rules look like columns. What tells them apart is how much stands in a line: cells are short. Their rows
stay rows.
"""

from collections.abc import Iterable, Sequence

from ingest.extract.pdf.lines import SIDE, TABLE, Line, joined, rows_of

_GUTTER = 0.012  # of the page's width: narrowest gap between columns
_SHORT = 14  # characters: mean below which the lines of a column are cells
_FEWEST = 3  # rows with text on both sides of a gutter
_APART = 0.9  # of the size: a gap behind which what stands on the left is no more of the columns
_DEEPEST = 12
_MOST_LINES = 2_000  # on a page: more are a map's labels, and the search for columns is quadratic in rows

Span = tuple[float, float]


def read_order(lines: Sequence[Line]) -> list[list[Line]]:
    """Blocks of whole lines in reading order. Lines without boxes are one block, as they come; text that runs up or
    down the page comes last."""
    upright = [line for line in lines if line.kind != SIDE]
    sides = [[line] for line in lines if line.kind == SIDE]
    if any(line.top <= line.bottom for line in upright):
        return [list(upright), *sides]
    return [block for block in _cut(upright, 0) if block] + sides


def _cut(lines: list[Line], depth: int) -> list[list[Line]]:
    if len(lines) < 2:
        return [lines]
    if depth > _DEEPEST or len(lines) > _MOST_LINES:
        return _blocks([joined(row) for row in rows_of(lines)])
    columns = _columns(lines)
    if len(columns) > 1:
        return [block for column in columns for block in _cut(column, depth + 1)]
    bands = _bands(rows_of(lines))
    if len(bands) > 1:
        return [block for band in bands for block in _cut([line for row in band for line in row], depth + 1)]
    return _blocks([joined(row) for row in rows_of(lines)])


def _columns(lines: list[Line]) -> list[list[Line]]:
    """The lines by column, from left to right; one list when nothing parts them, or only cells of a table."""
    spans = _merged(((line.left, line.right) for line in lines), _gap(lines))
    if len(spans) < 2:
        return [lines]
    groups: list[list[Line]] = [[] for _ in spans]
    for line in lines:
        groups[next(at for at, span in enumerate(spans) if line.right <= span[1] + 0.01)].append(line)
    while len(groups) > 1:
        weak = next((at for at, group in enumerate(groups) if not _is_text(group)), None)
        if weak is None:
            return groups
        # Numbers, bullets, labels: they belong to the column that is nearest.
        before = spans[weak][0] - spans[weak - 1][1] if weak else float("inf")
        after = spans[weak + 1][0] - spans[weak][1] if weak + 1 < len(spans) else float("inf")
        first = weak - 1 if before <= after else weak
        groups[first : first + 2] = [groups[first] + groups[first + 1]]
        spans[first : first + 2] = [(spans[first][0], spans[first + 1][1])]
    return groups


def _is_text(lines: list[Line]) -> bool:
    if any(line.kind == TABLE for line in lines):
        return True
    length = sum(len(line.text) for line in lines)
    if len(lines) < _FEWEST or length < _SHORT * _FEWEST:
        return False
    rows = len(rows_of(lines))
    return rows >= _FEWEST and length >= _SHORT * rows


def _bands(rows: list[list[Line]]) -> list[list[list[Line]]]:
    """The rows in bands, from the top down: those with columns apart from those that run across."""
    gap = _gap(rows[0])
    bands: list[list[list[Line]]] = []
    plain: list[list[Line]] = []
    at = 0
    while at < len(rows):
        end = _same_gutter(rows, at, gap)
        lines = [line for row in rows[at:end] for line in row]
        if end - at >= _FEWEST and len(_columns(lines)) > 1:
            while plain and min(line.left for line in plain[-1]) > _middle(lines, gap):
                lines += plain.pop()  # the right column begins higher than the left one
                at -= 1
            if plain:
                bands.append(plain)
            bands.append(rows[at:end])
            plain, at = [], end
        else:
            plain.append(rows[at])
            at += 1
    if plain:
        bands.append(plain)
    return bands


def _same_gutter(rows: list[list[Line]], start: int, gap: float) -> int:
    """End of the rows from `start` on that leave one gutter free, with text on both of its sides."""
    covered = _merged(((line.left, line.right) for line in rows[start]), gap)
    if len(covered) < 2:
        return start
    end, both = start + 1, start + 1
    for at in range(start + 1, len(rows)):
        spans = [(line.left, line.right) for line in rows[at]]
        wider = _merged([*covered, *spans], gap)
        if len(wider) < 2:
            break
        covered, end = wider, at + 1
        if len(_merged(spans, gap)) > 1 or spans[0][0] > covered[0][1]:
            both = end
    if end < len(rows):  # a wide line follows: what stands alone on the left above it may be its heading
        for at in range(both, end):
            if rows[at - 1][0].bottom - rows[at][0].top > _APART * rows[at][0].size:
                return at
    return end


def _middle(lines: list[Line], gap: float) -> float:
    return _merged(((line.left, line.right) for line in lines), gap)[0][1]


def _merged(spans: Iterable[Span], gap: float) -> list[Span]:
    """The spans from left to right, joined where less than `gap` parts them."""
    out: list[Span] = []
    for left, right in sorted(spans):
        if out and left - out[-1][1] <= gap:
            if right > out[-1][1]:
                out[-1] = (out[-1][0], right)
        else:
            out.append((left, right))
    return out


def _gap(lines: list[Line]) -> float:
    return _GUTTER * (lines[0].page_width or max(line.right for line in lines))


def _blocks(lines: list[Line]) -> list[list[Line]]:
    """The lines of a column, cut at wide gaps."""
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and blocks[-1][-1].bottom - line.top < 1.5 * max(line.size, 1.0) and not line.kind:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks
