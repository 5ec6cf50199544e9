"""PDFs of a few lines for tests, written by hand (ISO 32000-1): a content stream a page, Helvetica, an outline."""

import io

import pypdfium2 as pdfium


def pdf(*streams: str, outline: tuple[str, ...] = ()) -> bytes:
    """A PDF with one page (A4) for each content stream; `outline`: titles of bookmarks, to the first page."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    first = 5
    marks = [first + at for at in range(len(outline))]
    ends = f"/First {marks[0]} 0 R /Last {marks[-1]} 0 R /Count {len(marks)}" if marks else ""
    objects.append(f"<< /Type /Outlines {ends} >>")
    page = first + len(outline)
    for at, title in enumerate(outline):
        around = (f"/Prev {marks[at - 1]} 0 R " if at else "") + (
            f"/Next {marks[at + 1]} 0 R" if at + 1 < len(marks) else ""
        )
        objects.append(f"<< /Title ({title}) /Parent 4 0 R {around} /Dest [{page} 0 R /Fit] >>")
    kids = []
    for stream in streams:
        kids.append(f"{len(objects) + 1} 0 R")
        fonts = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects) + 2} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {fonts} >>")
        objects.append(f"<< /Length {len(stream.encode('latin-1'))} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out.encode("latin-1")))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(out.encode("latin-1"))
    out += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return (out + f"startxref\n{start}\n%%EOF\n").encode("latin-1")


def text(x: float, y: float, words: str, size: float = 12) -> str:
    """A line of text; `^{9}` in it is raised, `_{2}` lowered, both smaller."""
    out, rest = f"BT /F1 {size} Tf {x} {y} Td ", words
    while rest:
        up, down = rest.find("^{"), rest.find("_{")
        at = min((place for place in (up, down) if place >= 0), default=-1)
        if at < 0:
            return out + f"({rest}) Tj ET\n"
        end = rest.index("}", at)
        rise = 0.4 * size if rest[at] == "^" else -0.2 * size
        out += f"({rest[:at]}) Tj /F1 {0.6 * size} Tf {rise} Ts ({rest[at + 2 : end]}) Tj 0 Ts /F1 {size} Tf "
        rest = rest[end + 1 :]
    return out + "ET\n"


def grid(left: float, top: float, widths: list[float], rows: list[list[str]], height: float = 20) -> str:
    """A ruled table: every line is drawn, each cell's text stands in its lower left corner."""
    right, bottom = left + sum(widths), top - height * len(rows)
    xs = [left + sum(widths[:at]) for at in range(len(widths) + 1)]
    out = "".join(f"{left} {top - height * at} m {right} {top - height * at} l S\n" for at in range(len(rows) + 1))
    out += "".join(f"{x} {top} m {x} {bottom} l S\n" for x in xs)
    for at, row in enumerate(rows):
        out += "".join(
            text(x + 3, top - height * (at + 1) + 6, cell, 10) for x, cell in zip(xs, row, strict=False) if cell
        )
    return out


def scan(data: bytes, dpi: int = 200) -> bytes:
    """The same pages as images only, as a scanner makes them."""
    source, target = pdfium.PdfDocument(data), pdfium.PdfDocument.new()
    for page in source:
        width, height = page.get_size()
        image = pdfium.PdfImage.new(target)
        image.set_bitmap(page.render(scale=dpi / 72, grayscale=True))
        image.set_matrix(pdfium.PdfMatrix().scale(width, height))
        new = target.new_page(width, height)
        new.insert_obj(image)
        new.gen_content()
    out = io.BytesIO()
    target.save(out)
    return out.getvalue()
