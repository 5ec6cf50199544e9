"""Forty-eight pages: twelve kinds (leaflet, guideline, laboratory table ...) in four languages and five site styles."""

import dataclasses
from collections.abc import Callable

from bench.probe.chrome import dress
from bench.probe.gold import Gold, Writer
from bench.probe.words import ALL, Words


@dataclasses.dataclass(frozen=True)
class ProbePage:
    """A page as bytes, and what its text must and must not hold."""

    name: str
    language: str
    data: bytes
    gold: Gold


def probe_pages() -> list[ProbePage]:
    """All pages, in a fixed order."""
    pages = []
    for at, words in enumerate(ALL):
        for number, (kind, build) in enumerate(_KINDS.items()):
            writer, drug = Writer(), words.drugs[number % 3]
            strength = (250, 400, 500)[number % 3]
            build(writer, words, drug, strength + 5 * number)
            title = f"{drug.capitalize()} {strength + 5 * number} mg"
            markup, chrome = dress(number + at, words, title, "".join(writer.parts))
            writer.gold.boilerplate += chrome
            pages.append(ProbePage(f"{kind}-{words.language}", words.language, markup.encode(), writer.gold))
    return pages


def _dose_rows(words: Words, mg: int) -> list[list]:
    first, second = words.every
    return [
        list(words.columns),
        [words.ages[0], f"{mg // 5} mg", f"{mg} mg"],
        [words.ages[1], [f"{mg // 2} mg", first], f"{2 * mg} mg"],
        [words.ages[2], [f"{mg} mg", second], f"{3 * mg} mg"],
        [words.ages[3], f"{2 * mg} mg", "4 g"],
    ]


def _contraindications(words: Words) -> list:
    return [(text, list(below)) if below else text for text, below in words.contraindications]


def _leaflet(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.heading(words.sections["what"])
    page.paragraph(f"{words.sentences[0]} {words.sentences[2]}")
    page.heading(words.sections["stop"])
    page.bullets(_contraindications(words))
    page.heading(words.sections["dose"])
    page.paragraph(words.sentences[7])
    page.table(_dose_rows(words, mg), wrap="p")
    page.heading(words.sections["effects"])
    page.bullets(list(words.effects))
    page.heading(words.sections["store"])
    page.paragraph(f"{words.sentences[5]} ({25} °C)")


def _product(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.heading(f"4.2 {words.sections['dosing']}")
    page.paragraph(words.sentences[0])
    page.table(_dose_rows(words, mg), caption=f"{drug} {mg} mg")
    page.heading(f"4.2.1 {words.sections['renal']}", 3)
    page.paragraph(words.sentences[3])
    rows = [
        ("CL<sub>cr</sub> 30–50 ml/min", f"{mg} mg"),
        ("CL<sub>cr</sub> 10–29 ml/min", f"{mg // 2} mg"),
        ("&lt; 10 ml/min", f"{mg // 5} mg"),
    ]
    page.raw("<table border='1' cellpadding='4'><tbody>")
    for clearance, dose in rows:
        page.raw(f"<tr><td><p><b>{clearance}</b></p></td><td><div>{dose}</div></td></tr>")
        page.note_row([clearance, dose])
    page.raw("</tbody></table>")
    page.heading(f"4.3 {words.sections['stop']}")
    page.bullets(_contraindications(words))


def _spans(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.heading(words.sections["dosing"])
    page.paragraph(f"{words.sentences[1]} {words.sentences[7]}")
    first, second = words.every
    page.raw(
        f"<table><thead><tr><th rowspan='2'>{words.columns[0]}</th><th colspan='2'>{drug}</th></tr>"
        f"<tr><th>{words.columns[1]}</th><th>{words.columns[2]}</th></tr></thead><tbody>"
        f"<tr><td rowspan='2'>{words.ages[2]}</td><td>{mg} mg {first}</td><td>{4 * mg} mg</td></tr>"
        f"<tr><td>{mg + 50} mg {second}</td><td>{3 * mg} mg</td></tr>"
        f"<tr><td>{words.ages[3]}</td><td colspan='2'>{2 * mg} mg {second}</td></tr></tbody></table>"
    )
    page.note_row([words.columns[0], drug])
    page.note_row([words.columns[1], words.columns[2]])
    page.note_row([words.ages[2], f"{mg} mg {first}", f"{4 * mg} mg"])
    page.note_row([words.ages[2], f"{mg + 50} mg {second}", f"{3 * mg} mg"])
    page.note_row([words.ages[3], f"{2 * mg} mg {second}"])
    page.paragraph(f"<small>* {words.notes[0]} {words.notes[1]}</small>")
    page.paragraph(words.sentences[3])


def _guideline(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.paragraph(words.sentences[6])
    page.heading(words.sections["recommend"])
    page.raw("<div class='recommendation-box'>")
    doses = [f"{words.ages[2]}: {mg} mg {words.every[0]}", f"{words.ages[3]}: {2 * mg} mg {words.every[1]}"]
    page.bullets([(f"1.1 {words.sentences[7]}", doses), f"1.2 {words.sentences[3]}", f"1.3 {words.notes[0]}"])
    page.raw("</div>")
    page.heading(words.sections["terms"], 3)
    page.definitions(list(words.terms))
    page.paragraph(words.sentences[4])


def _laboratory(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.heading(words.sections["values"])
    page.paragraph(words.sentences[8])
    page.raw(f"<table class='lab'><tr>{''.join(f'<th>{name}</th>' for name in words.lab)}</tr>")
    page.note_row(list(words.lab))
    cells = [
        (words.tests[0][0], words.tests[0][1], "–"), ("Leucocytes", "4.0–10.0 × 10<sup>9</sup>/L", "–"),
        ("Platelets", "150–400 × 10<sup>9</sup>/L", "–"), ("PaCO<sub>2</sub>", "35–45 mmHg", "–"), *words.tests[1:],
    ]  # fmt: skip
    for cell in cells:
        markup = [part.replace("< ", "&lt; ").replace("> ", "&gt; ") if part[0] in "<>" else part for part in cell]
        page.raw("<tr>" + "".join(f"<td>{part}</td>" for part in markup) + "</tr>")
        page.note_row([part.replace("<sup>9</sup>", "⁹").replace("<sub>2</sub>", "₂") for part in markup])
    page.raw("</table>")
    page.gold.scripts += [("× 10⁹/L", "109/L"), ("PaCO₂", "PaCO2")]
    page.paragraph(words.sentences[3])


def _formulas(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.heading(words.sections["formula"])
    page.paragraph(words.sentences[8])
    page.script("CL = 1.23 ml min<sup>−1</sup> × 1.73 m<sup>2</sup>, k = 0.85 h<sup>-1</sup>.", "h⁻¹", "h-1")
    page.script("Na<sub>2</sub>HPO<sub>4</sub> 12 mmol, HCO<sub>3</sub><sup>−</sup> 24 mmol/L.", "Na₂HPO₄", "Na2HPO4")
    page.script("10<sup>−3</sup> to 10<sup>6</sup> CFU/ml, 50 cm<sup>3</sup>.", "10⁶", "106 ")
    page.raw(
        "<math display='block'><mrow><mi>CL</mi><mo>=</mo><mfrac><mrow><mn>140</mn><mo>−</mo><mi>age</mi></mrow>"
        "<mrow><mn>72</mn></mrow></mfrac></mrow></math>"
    )
    page.gold.scripts.append(("140", "CL72"))
    page.paragraph(f"{words.sentences[7]} {words.notes[1]}")


def _emergency(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.paragraph(words.sentences[3])
    page.heading(words.sections["step"])
    page.bullets(list(words.steps), "ol")
    page.raw("<div class='alert alert-warning'>")
    page.paragraph(f"<strong>{words.notes[0]}</strong>")
    page.raw("</div>")
    page.paragraph(words.sentences[1])


def _accordion(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.paragraph(words.sentences[0])
    for at, (section, text) in enumerate((("dose", 7), ("effects", 4), ("store", 5))):
        page.raw("<div class='accordion-item'>")
        page.heading(words.sections[section], 3, "button class='accordion-button' type='button'")
        hidden = "" if at == 0 else " style='display:none' aria-hidden='true'"
        page.raw(f"<div class='accordion-collapse collapse' id='panel{at}'{hidden}><div class='accordion-body'>")
        page.paragraph(words.sentences[text])
        if section == "effects":
            page.bullets(list(words.effects))
        page.raw("</div></div></div>")


def _details(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.heading(words.sections["what"])
    page.paragraph(f"{words.sentences[0]} {words.sentences[2]}")
    page.raw("<details open>")
    page.raw(f"<summary>{words.sections['faq']}</summary>")
    page.paragraph(words.sentences[4])
    page.raw("</details>")
    page.heading(words.sections["stop"])
    page.paragraph(words.sentences[3])
    page.bullets(_contraindications(words))
    page.heading(words.sections["dosing"])
    page.paragraph(f"{words.ages[3]}: {mg} mg {words.every[0]}; {words.ages[2]}: {mg // 2} mg {words.every[1]}.")
    page.paragraph(words.sentences[1])


def _trial(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.heading(words.sections["method"])
    page.paragraph(f"{words.sentences[8]} {drug} {mg} mg/day, n = 212.")
    page.heading(words.sections["criteria"])
    page.bullets(
        [
            words.ages[3],
            "eGFR &gt; 30 ml/min/1.73 m<sup>2</sup>",
            (words.sentences[7], [words.notes[0], words.notes[1]]),
        ]
    )
    page.heading(words.sections["result"])
    page.table(
        [
            ["", drug, "Placebo"],
            ["n", "212", "208"],
            ["LDL, mmol/L", "2.1 (0.4)", "3.4 (0.6)"],
            [words.effects[0], "12 %", "11 %"],
        ]
    )
    page.paragraph(words.sentences[4])


def _definitions(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.paragraph(words.sentences[2])
    page.heading(words.sections["terms"])
    page.definitions(list(words.terms))
    page.heading(words.sections["dosing"])
    page.paragraph(words.sentences[7])
    page.bullets([f"{age}: {mg + 10 * at} mg {words.every[at % 2]}" for at, age in enumerate(words.ages)])
    page.paragraph(words.sentences[5])


def _news(page: Writer, words: Words, drug: str, mg: int) -> None:
    page.paragraph(words.sentences[4])
    page.raw("<figure><img src='x.jpg' alt=''></figure>")
    page.paragraph(f"{words.sentences[8]} {drug}: {mg} mg.")
    page.heading(words.sections["result"], 3)
    page.raw("<div class='table-responsive'>")
    page.table(_dose_rows(words, mg))
    page.raw("</div>")
    page.paragraph(words.sentences[6])
    page.raw("<blockquote>")
    page.paragraph(words.sentences[3])
    page.raw("</blockquote>")


_KINDS: dict[str, Callable[[Writer, Words, str, int], None]] = {
    "leaflet": _leaflet, "product": _product, "spans": _spans, "guideline": _guideline, "laboratory": _laboratory,
    "formulas": _formulas, "emergency": _emergency, "accordion": _accordion, "details": _details, "trial": _trial,
    "definitions": _definitions, "news": _news,
}  # fmt: skip
