"""Leaflets in four languages whose products and editions are known: truth for deduplication of templates.

One template a language (`bench/leaflets`), filled for substances that come in twos: both of a pair are of one class,
for one indication, under one posology, and differ in name, side effects and excipients alone. A product is a
substance, a strength and a form; it has its leaflet and six later editions, one for each thing that changes, the last
for most of them at once. A third of the substances has a brand, a third is named in lower case throughout, a third by
substance and company. Half of the leaflets name the product in every section, half say "this medicine" in most. Half
have a table of doses by weight, the same in each strength, in which the strengths of the substance all occur.
"""

import dataclasses
import random
import re
import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "leaflets"
LANGUAGES = ("en", "fr", "it", "es")
EDITIONS = ("first", "wording", "moved", "manufacturer", "effects", "posology", "revision")
_SHAPES = (  # form, another form that the first strength comes in, strengths
    ("tablet", "capsule", ("5 mg", "10 mg", "20 mg")),
    ("tablet", "solution", ("1 g/125 mg", "500 mg/62.5 mg")),
    ("solution", "injection", ("5 mg/ml", "10 mg/ml")),
    ("capsule", "tablet", ("50 micrograms", "100 micrograms")),
    ("cream", "ointment", ("1 %", "2 %")),
    ("injection", "solution", ("100 000 IU", "250 000 IU")),
)
_NAMED = (0, 3, 9, 15)  # paragraphs that always name the product; 0 is the title
_WRITTEN = {"en": {}} | {  # how each language writes units and decimal marks
    language: {"micrograms": micrograms, "IU": "UI", ".": ","}
    for language, micrograms in (("fr", "microgrammes"), ("it", "microgrammi"), ("es", "microgramos"))
}
_COMPANIES = ("Nordvale", "Belcora", "Sandhurst", "Arrowmed", "Zentara", "Mylane")
_AMOUNT = re.compile(r"\d+(?: \d{3})*(?:[.,]\d+)?")


@dataclasses.dataclass(frozen=True)
class Leaflet:
    """A leaflet's text, the product that it is about, and which edition it is (of `EDITIONS`)."""

    language: str
    substance: str
    strength: str
    form: str
    edition: str
    text: str

    @property
    def product(self) -> tuple[str, str, str, str]:
        """What must survive once: language, substance, strength, form."""
        return self.language, self.substance, self.strength, self.form


def leaflets(substances: int = 24, seed: int = 1) -> list[Leaflet]:
    """All leaflets of the first `substances` (at most 24) of each language, shuffled."""
    found = []
    for language in LANGUAGES:
        words = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
        for number, substance in enumerate(words["inn"][:substances]):
            found += _of_substance(words, language, number, substance)
    random.Random(seed).shuffle(found)
    return found


def _of_substance(words: dict, language: str, number: int, substance: str) -> list[Leaflet]:
    pair = number // 2
    form, other, strengths = _SHAPES[pair % len(_SHAPES)]
    shared, own = random.Random(f"pair {pair}"), random.Random(f"substance {number}")
    facts = {
        "product": _product_name(number, substance),
        "inn": substance,
        "class": words["classes"][pair],
        "indication": words["indications"][pair],
        "contraindication": shared.choice(words["contraindications"]),
        "interactions": _listed(shared.sample(words["interactions"], 4), words),
        "often": shared.choice(words["often"]),
        "packs": str(shared.choice((10, 14, 20, 28, 30))),
        "company": f"{own.choice(_COMPANIES)}, {own.randrange(1, 90)} {own.choice(_COMPANIES)} Park",
        "table": [_times(strengths[0], factor, language) for factor in (0.5, 1, 1.5, 2, 2.5, 3, 4, 5)],
    }
    effects = own.sample(words["effects"], 14)
    lists = {"common": effects[:8], "rare": effects[8:], "excipients": own.sample(words["excipients"], 6)}
    template = [words["title"], *words["paragraphs"], words["revised"]]
    if pair // 3 % 2:
        template.insert(11, words["table"])
    if pair >= 6:
        template = [
            line if at in _NAMED else line.replace("{product}", words["this"]) for at, line in enumerate(template)
        ]
    made = []
    for shape, strength in [(form, strength) for strength in strengths] + [(other, strengths[0])]:
        these = facts | {"strength": _written(strength, language), "form": words["forms"][shape]}
        these |= {"most": _times(strength, 4, language), "less": _times(strength, 3, language)}
        for edition in EDITIONS:
            draw = random.Random(f"{number} {shape} {strength} {edition}")
            text = _edition(words, template, these, lists, edition, draw)
            made.append(Leaflet(language, substance, strength, shape, edition, text))
    return made


def _edition(words: dict, template: list[str], facts: dict, lists: dict, edition: str, draw: random.Random) -> str:
    paragraphs, lists = list(template), dict(lists)
    if edition in ("wording", "revision"):
        for before, after in draw.sample(words["updates"], 2):
            paragraphs = [paragraph.replace(before, after) for paragraph in paragraphs]
    if edition == "moved":
        at, to = draw.sample(range(5, 9), 2)
        paragraphs.insert(to, paragraphs.pop(at))
    if edition in ("manufacturer", "revision"):
        other = draw.choice([name for name in _COMPANIES if name not in facts["company"]])
        facts = facts | {"company": f"{other}, {draw.randrange(1, 90)} {draw.choice(_COMPANIES)} Street"}
    if edition in ("effects", "revision"):
        new = [effect for effect in words["effects"] if effect not in lists["common"] + lists["rare"]]
        lists["rare"] = [*lists["rare"][:2], *draw.sample(new, 3), *lists["rare"][3:]]
    if edition == "posology":
        before, after = words["posology"]
        paragraphs = [paragraph.replace(before, after) for paragraph in paragraphs]
    values = facts | {name: _listed(items, words) for name, items in lists.items()}
    values["date"] = f"{draw.choice(words['months'])} {2015 + EDITIONS.index(edition)}"
    return "\n\n".join(paragraph.format(**values) for paragraph in paragraphs)


def _product_name(number: int, substance: str) -> str:
    """A brand, the substance in lower case, or substance and company; both of a pair in the same way."""
    style = number // 2 % 3
    if style == 0:
        return substance[:-2].capitalize() + ("ex" if number % 2 else "ium")
    return substance if style == 1 else f"{substance.capitalize()} {_COMPANIES[number // 6 % len(_COMPANIES)]}"


def _listed(items: list[str], words: dict) -> str:
    return f"{', '.join(items[:-1])} {words['and']} {items[-1]}"


def _written(strength: str, language: str) -> str:
    for english, own in _WRITTEN[language].items():
        strength = strength.replace(english, own)
    return strength


def _times(strength: str, factor: float, language: str) -> str:
    """The first amount of a strength, multiplied, with its unit: "4 g" of "1 g/125 mg"."""
    amount = _AMOUNT.match(strength)
    value = f"{float(amount.group().replace(' ', '')) * factor:,.1f}".removesuffix(".0").replace(",", " ")
    return _written(value + strength[amount.end() :].split("/")[0], language)
