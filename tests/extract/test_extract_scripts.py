"""Numbers keep their meaning when exponents and formulas become text."""

import pytest
from lxml import etree, html

from ingest.extract.scripts import flatten_math, flatten_scripts


def text_of(markup: str) -> str:
    root = etree.fromstring(f"<p xmlns:mml='http://www.w3.org/1998/Math/MathML'>{markup}</p>")
    flatten_math(root)
    flatten_scripts(root)
    return "".join(root.itertext())


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>9</sup>/L", "10⁹/L"),
        ("10<sup>5.5</sup> TCID50", "10^5.5 TCID50"),
        ("10<sup>-0.5</sup>", "10^-0.5"),
        ("10<sup>x</sup>", "10^x"),
        ("<b>10</b><sup>5,5</sup>", "10^5,5"),
        ("10<sup>a + b</sup>", "10^(a + b)"),
        ("10<sup>5<sup>2</sup></sup>", "10^5²"),
        ("5<sub>2.5</sub> PM<sub>2.5</sub>", "5_2.5 PM2.5"),
        ("the 5<sup>th</sup>, le 1<sup>er</sup>, 2<sup>ème</sup>, 1<sup>a</sup>", "the 5th, le 1er, 2ème, 1a"),
        ("in 1990<sup>[1]</sup> and 5<sup>*</sup>", "in 1990[1] and 5*"),
        ("CO<sub>2</sub>", "CO₂"),
    ],
)
def test_scripts_are_never_glued_to_a_number(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<msup><mn>10</mn><mn>9</mn></msup><mo>/</mo><mi>L</mi>", "10⁹/L"),
        ("<msup><mn>10</mn><mrow><mo>-</mo><mn>0.5</mn></mrow></msup>", "10^-0.5"),
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<mn>3</mn><mo>&#x2064;</mo><mfrac><mn>1</mn><mn>2</mn></mfrac>", "3 1/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a + b)/2"),
        ("<msub><mi>C</mi><mi>max</mi></msub><mo>=</mo><mn>5</mn>", "C_max = 5"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x₁²"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x + 1)"),
        ("<msup><mn>37</mn><mo>∘</mo></msup><mi>C</mi>", "37°C"),
        ("<mmultiscripts><mi>F</mi><mprescripts/><none/><mn>18</mn></mmultiscripts>", "¹⁸F"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x̄"),
        ("<semantics><mrow><mn>5</mn></mrow><annotation>\\TeX 5</annotation></semantics>", "5"),
        ("<mn>1</mn><mo>,</mo><mn>000</mn>", "1,000"),
        ("<msup><mfrac><mn>1</mn><mn>2</mn></mfrac><mn>2</mn></msup>", "(1/2)²"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
    ],
)
def test_formulas_become_text_with_their_structure(formula: str, text: str) -> None:
    assert text_of(f"<math>{formula}</math>") == text
    prefixed = formula.replace("</", "\0").replace("<", "<mml:").replace("\0", "</mml:")
    assert text_of(f"<mml:math>{prefixed}</mml:math>") == text
    root = html.fromstring(f"<div><p>x <math>{formula}</math></p></div>")
    flatten_math(root)
    assert root.text_content() == f"x {text}"


def test_a_formula_after_a_digit_keeps_its_distance() -> None:
    assert text_of("3<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>5") == "3 1/2 5"
