"""Write the sample site's PDFs from ``content/pdf/``; needs reportlab, pypdf and pillow, which the project does not.

The PDFs are committed; run ``python -m recipes.sample_site.make_pdfs`` only after changing their content.
"""

from __future__ import annotations

import io
import re
from functools import partial

from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table

from recipes.sample_site.make_site import load_site
from recipes.sample_site.render import HERE, table_rows

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=13, leading=20, spaceAfter=9)
HEADING = ParagraphStyle("heading", parent=BODY, fontName="Helvetica-Bold", fontSize=14, spaceBefore=10)
TITLE = ParagraphStyle("title", parent=HEADING, fontSize=17, leading=22, spaceAfter=12)
BULLET = ParagraphStyle("bullet", parent=BODY, leftIndent=14, bulletIndent=4)


def _flowables(pdf: dict) -> list[Flowable]:
    out: list[Flowable] = [Paragraph(pdf["title"], TITLE)]
    for block in re.split(r"\n\s*\n", re.sub(r"\*(.+?)\*", r"<i>\1</i>", pdf["body"])):
        lines = block.splitlines()
        if block.startswith("## "):
            out.append(Paragraph(block[3:], HEADING))
        elif block.startswith("- "):
            out += [Paragraph(line[2:], BULLET, bulletText="•") for line in lines]
        elif block.startswith("|"):
            cells = [[Paragraph(cell, BODY) for cell in row] for row in table_rows(lines)]
            out.append(Table(cells, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.grey)], spaceAfter=8))
        else:
            out.append(Paragraph(" ".join(lines), BODY))
    return out


def _furniture(pdf: dict, canvas: Canvas, _document: BaseDocTemplate) -> None:
    """The header and footer repeated on each page."""
    canvas.setFont("Helvetica", 8)
    canvas.drawString(2 * cm, A4[1] - 1.2 * cm, pdf["header"])
    canvas.drawCentredString(A4[0] / 2, 1.1 * cm, f"{pdf['footer']} {canvas.getPageNumber()}")


def text_pdf(pdf: dict) -> bytes:
    """A PDF with a text layer, in one column or two."""
    buffer = io.BytesIO()
    width, height = A4[0] - 4 * cm, A4[1] - 4 * cm
    columns = pdf.get("columns", 1)
    step = width / columns
    frames = [Frame(2 * cm + i * step, 2 * cm, step, height, leftPadding=6, rightPadding=6) for i in range(columns)]
    document = BaseDocTemplate(buffer, pagesize=A4, title=pdf["title"], lang=pdf["lang"], invariant=1)
    document.addPageTemplates(PageTemplate(frames=frames, onPage=partial(_furniture, pdf)))
    document.build(_flowables(pdf))
    return buffer.getvalue()


def encrypted(data: bytes) -> bytes:
    """The same PDF, which asks for a password."""
    writer, buffer = PdfWriter(PdfReader(io.BytesIO(data))), io.BytesIO()
    writer.encrypt("sample-password", algorithm="AES-256")
    writer.write(buffer)
    return buffer.getvalue()


def scanned(pdf: dict) -> bytes:
    """A PDF that is one picture of its text."""
    image = Image.new("1", (1000, 1414), 1)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    words, line, y = f"{pdf['title']} {pdf['body']}".replace("#", "").split(), "", 90
    for word in [*words, ""]:
        if not word or draw.textlength(f"{line} {word}", font) > 820:
            draw.text((90, y), line, fill=0, font=font)
            line, y = "", y + 34
        line = f"{line} {word}".strip()
    picture = image.rotate(0.6, fillcolor=1)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.drawInlineImage(picture, 0, 0, *A4)
    canvas.save()
    return buffer.getvalue()


def main() -> None:
    """Write every PDF under ``pages/``."""
    for pdf in load_site().pdfs:
        kind = pdf.get("kind", "text")
        data = scanned(pdf) if kind == "scanned" else text_pdf(pdf)
        if kind == "encrypted":
            data = encrypted(data)
        elif kind == "truncated":
            data = data[: len(data) // 2]
        file = HERE / "pages" / pdf["path"].lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


if __name__ == "__main__":
    main()
