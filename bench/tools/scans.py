"""Scans made of real text: paragraphs and dose tables set in type, printed as pixels, blurred, specked and askew."""

import dataclasses
import io
import json
import textwrap
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFilter, ImageFont

DPI = 200
_PAGE = (1654, 2339)  # pixels of A4
_MARGIN, _SIZE = 150, 31  # pixels; 11 points of type
_NAMES = {"en": "English", "fr": "French", "it": "Italian", "es": "Spanish"}
TABLES = {
    "en": [["Age and weight", "Dose", "Most in a day"],
           ["Infants from 3 months on, weighing at least 6 kg", "60 mg every 6 hours", "240 mg"],
           ["Children from 6 to 12 years, 21 to 40 kg",
            "250 mg, or 10 ml of the oral suspension, every 6 hours", "1 g"],
           ["Adults, and adolescents of more than 50 kg", "500 mg to 1 g every 4 to 6 hours", "4 g"]],
    "fr": [["Âge et poids", "Dose", "Maximum par jour"],
           ["Nourrissons à partir de 3 mois, pesant au moins 6 kg", "60 mg toutes les 6 heures", "240 mg"],
           ["Enfants de 6 à 12 ans, de 21 à 40 kg",
            "250 mg, ou 10 ml de suspension buvable, toutes les 6 heures", "1 g"],
           ["Adultes et adolescents de plus de 50 kg", "500 mg à 1 g toutes les 4 à 6 heures", "4 g"]],
    "it": [["Età e peso", "Dose", "Massimo al giorno"],
           ["Lattanti da 3 mesi in su, di almeno 6 kg di peso", "60 mg ogni 6 ore", "240 mg"],
           ["Bambini da 6 a 12 anni, da 21 a 40 kg", "250 mg, oppure 10 ml di sospensione orale, ogni 6 ore", "1 g"],
           ["Adulti e adolescenti di oltre 50 kg", "da 500 mg a 1 g ogni 4-6 ore", "4 g"]],
    "es": [["Edad y peso", "Dosis", "Máximo al día"],
           ["Lactantes desde los 3 meses, con un peso mínimo de 6 kg", "60 mg cada 6 horas", "240 mg"],
           ["Niños de 6 a 12 años, de 21 a 40 kg", "250 mg, o 10 ml de suspensión oral, cada 6 horas", "1 g"],
           ["Adultos y adolescentes de más de 50 kg", "de 500 mg a 1 g cada 4-6 horas", "4 g"]],
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Scan:
    """An image-only PDF of one page, and what stands on it."""

    language: str
    data: bytes
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


def text_scans(folder: Path, pages: int) -> list[Scan]:
    """`pages` pages of real medical text (E3C, layer 3, below `folder`) in each of the four languages."""
    found = []
    for language, name in _NAMES.items():
        texts = (
            json.loads(path.read_text(encoding="utf-8"))["text"] for path in sorted((folder / name).glob("*.json"))
        )
        long = [" ".join(text.split())[:2200].rpartition(" ")[0] for text in texts if len(text) > 2400]
        found += [Scan(language, _scan(_set(text)), text) for text in long[:pages]]
    return found


def table_scans() -> list[Scan]:
    """A ruled dose table with cells of several lines in each language, below a line of text."""
    return [
        Scan(language, _scan(_set(" ".join(rows[0]), rows)), "", tuple(map(tuple, rows)))
        for language, rows in TABLES.items()
    ]


def _set(text: str, rows: list[list[str]] | None = None) -> Image.Image:
    font = ImageFont.truetype(font_manager.findfont("DejaVu Serif"), _SIZE)
    page = Image.new("L", _PAGE, 255)
    draw = ImageDraw.Draw(page)
    y = _MARGIN
    for line in textwrap.wrap(text, 78):
        draw.text((_MARGIN, y), line, font=font, fill=0)
        y += int(1.35 * _SIZE)
    if rows:
        y += 60
        edges, widths = [_MARGIN, _MARGIN + 520, _MARGIN + 1020, _MARGIN + 1340], [26, 25, 16]
        draw.line([(edges[0], y), (edges[-1], y)], fill=0, width=3)
        for row in rows:
            cells = [textwrap.wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
            bottom = y + 24 + int(1.35 * _SIZE) * max(map(len, cells))
            for left, cell in zip(edges, cells, strict=False):
                for at, line in enumerate(cell):
                    draw.text((left + 14, y + 12 + at * int(1.35 * _SIZE)), line, font=font, fill=0)
            draw.line([(edges[0], bottom), (edges[-1], bottom)], fill=0, width=3)
            for edge in edges:
                draw.line([(edge, y), (edge, bottom)], fill=0, width=3)
            y = bottom
    return page


def _scan(page: Image.Image) -> bytes:
    """The page as a scanner makes it (always the same specks), in a PDF."""
    worn = page.rotate(0.25, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.8))
    noise = np.random.default_rng(7).normal(0, 22, (page.height, page.width))
    pixels = np.clip(np.asarray(worn, np.float32) + noise, 0, 255).astype(np.uint8)
    document = pdfium.PdfDocument.new()
    width, height = (side * 72 / DPI for side in page.size)
    image = pdfium.PdfImage.new(document)
    image.set_bitmap(pdfium.PdfBitmap.from_pil(Image.fromarray(pixels)))
    image.set_matrix(pdfium.PdfMatrix().scale(width, height))
    sheet = document.new_page(width, height)
    sheet.insert_obj(image)
    sheet.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
