"""Web pages made of real medical texts and of templates that are known line for line: gold for boilerplate removal.

The texts are case reports of E3C (layer 3, ../shared/data/text-medical), one a page, cut into paragraphs, some of them
into lists, under headings that recur from page to page as those of journals do. Around and between them stands what a
site adds: menu, notices, boxes, footer with address and telephone (planted: the same on all pages of a site), and lines
that look like it but differ (dates, related pages, bylines).
"""

import dataclasses
import json
import random
import re

from bench.tools.pages import DATA
from shards.errors import InputError

CASES = DATA / "text-medical" / "e3c_layer3"
LEAFLETS = DATA / "neardup" / "fr_leaflets" / "docs.jsonl"
_FOLDERS = {"en": "English", "fr": "French", "it": "Italian", "es": "Spanish"}
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+(?=[A-ZÀ-Ý0-9·])| (?=· )")
_PAGES = 30  # of a site

_MENU = {
    "en": ["Conditions", "Medicines", "Our departments", "Research", "Contact"],
    "fr": ["Maladies", "Médicaments", "Nos services", "Recherche", "Nous écrire"],
    "it": ["Malattie", "Farmaci", "I nostri reparti", "Ricerca", "Contatti"],
    "es": ["Enfermedades", "Medicamentos", "Nuestros servicios", "Investigación", "Contacto"],
}
_NOTICES = {  # cookies, newsletter, disclaimer, copyright and address, telephone
    "en": [
        "{site} uses cookies to remember your settings. By staying here you accept them.",
        "Would you like our news once a month? Leave your address and we write to you.",
        "The pages of {site} inform in general and do not replace a consultation.",
        "© 2024 {site}, {n} Station Road, all rights reserved",
        "Telephone {phone}, Monday to Friday",
    ],
    "fr": [
        "{site} dépose des cookies pour mémoriser vos réglages. En poursuivant, vous les acceptez.",
        "Voulez-vous recevoir nos nouvelles une fois par mois ? Laissez-nous votre adresse.",
        "Les pages de {site} informent en général et ne remplacent pas une consultation.",
        "© 2024 {site}, {n} rue de la Gare, tous droits réservés",
        "Téléphone {phone}, du lundi au vendredi",
    ],
    "it": [
        "{site} usa i cookie per ricordare le preferenze. Continuando, li accetti.",
        "Vuoi ricevere le nostre notizie ogni mese? Lasciaci il tuo indirizzo.",
        "Le pagine di {site} informano in generale e non sostituiscono una visita.",
        "© 2024 {site}, via della Stazione {n}, tutti i diritti riservati",
        "Telefono {phone}, dal lunedì al venerdì",
    ],
    "es": [
        "{site} usa cookies para recordar sus preferencias. Si continúa, las acepta.",
        "¿Quiere recibir nuestras noticias cada mes? Déjenos su dirección.",
        "Las páginas de {site} informan en general y no sustituyen una consulta.",
        "© 2024 {site}, calle de la Estación {n}, todos los derechos reservados",
        "Teléfono {phone}, de lunes a viernes",
    ],
}
_SHARE = {
    "en": ("## Share this page", ["By mail", "On paper"]),
    "fr": ("## Partager la page", ["Par courriel", "Sur papier"]),
    "it": ("## Condividi la pagina", ["Per posta", "Su carta"]),
    "es": ("## Compartir la página", ["Por correo", "En papel"]),
}
_HEADINGS = {
    "en": ["## Case report", "## Discussion", "## Conclusion"],
    "fr": ["## Observation", "## Discussion", "## Conclusion"],
    "it": ["## Caso clinico", "## Discussione", "## Conclusioni"],
    "es": ["## Caso clínico", "## Discusión", "## Conclusión"],
}
_VARYING = {"en": "Last reviewed", "fr": "Mise à jour", "it": "Ultima revisione", "es": "Última revisión"}


@dataclasses.dataclass(frozen=True)
class Page:
    """A page's text and its lines that are not blank, each with whether the template planted it."""

    url: str
    text: str
    lines: list[tuple[str, bool]]


def seeded_pages(limit: int | None = None, seed: int = 1) -> list[Page]:
    """Pages of all sites (at most `limit` texts a language), shuffled. Raises `InputError` without the texts."""
    draw = random.Random(seed)
    found = []
    for language in _FOLDERS:
        texts = cases(language)[:limit]
        for start in range(0, len(texts) - len(texts) % _PAGES, _PAGES):
            site = f"site-{language}-{start // _PAGES}"
            found += _site(site, language, texts[start : start + _PAGES], draw)
    draw.shuffle(found)
    return found


def cases(language: str) -> list[str]:
    """E3C's texts that are not leaflets, in the order of their files."""
    if not CASES.exists():
        raise InputError(f"no texts in {CASES}: this needs the real data beside the checkout")
    entries = [json.loads(path.read_text("utf-8")) for path in sorted((CASES / _FOLDERS[language]).glob("*.json"))]
    return [entry["text"] for entry in entries if "medicaments.gouv" not in entry["url"]]


def leaflets() -> list[str]:
    """Real leaflets of one template (French medicines base), a sentence a paragraph."""
    if not LEAFLETS.exists():
        raise InputError(f"no leaflets in {LEAFLETS}: this needs the real data beside the checkout")
    entries = [json.loads(line) for line in LEAFLETS.read_text("utf-8").splitlines()]
    return ["\n\n".join(_SENTENCE.split(entry["text"])) for entry in entries]


def lost(lines: list[str], after: str) -> list[bool]:
    """Of each line, whether it is gone from the text `after`, whose lines are some of them in order."""
    rest = iter([line.strip() for line in after.split("\n") if line.strip()])
    awaited, gone = next(rest, None), []
    for line in lines:
        stays = line == awaited
        gone.append(not stays)
        if stays:
            awaited = next(rest, None)
    if awaited is not None:
        raise InputError(f"not a part of the page: {awaited!r}")
    return gone


def _site(site: str, language: str, texts: list[str], draw: random.Random) -> list[Page]:
    phone = " ".join(f"{draw.randrange(100):02d}" for _ in range(5))
    values = {"site": site.title(), "n": draw.randrange(1, 99), "phone": phone}
    cookies, news, disclaimer, rights, call = (notice.format(**values) for notice in _NOTICES[language])
    menu = "\n".join(f"- {item}" for item in _MENU[language])
    heading, ways = _SHARE[language]
    share = [heading, "\n".join(f"- {way}" for way in ways)]
    pages = []
    for number, text in enumerate(texts):
        content = _paragraphs(text, language, draw)
        inside = draw.randrange(1, len(content) + 1)
        dated = f"{_VARYING[language]}: {draw.randrange(1, 29)}.{draw.randrange(1, 13)}.20{draw.randrange(10, 24)}"
        blocks = [(block, True) for block in (menu, cookies)] + [(f"# {site} {number}", False), (dated, False)]
        blocks += [(block, False) for block in content[:inside]] + [(news, True)]
        blocks += [(block, False) for block in content[inside:]]
        blocks += [(block, True) for block in (*share, disclaimer, rights, call)]
        lines = [(line, planted) for block, planted in blocks for line in block.split("\n")]
        pages.append(Page(f"https://{site}.example/{number}", "\n\n".join(block for block, _ in blocks), lines))
    return pages


def _paragraphs(text: str, language: str, draw: random.Random) -> list[str]:
    sentences = [piece.strip() for line in text.split("\n") for piece in _SENTENCE.split(line) if piece.strip()]
    blocks, headings = [], list(_HEADINGS[language])
    while sentences:
        count = draw.randrange(1, 5)
        taken, sentences = sentences[:count], sentences[count:]
        if headings and draw.random() < 0.2:
            blocks.append(headings.pop(0))
        as_list = len(taken) > 1 and draw.random() < 0.2
        blocks.append("\n".join(f"- {one}" for one in taken) if as_list else " ".join(taken))
    return blocks
