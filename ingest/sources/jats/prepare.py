"""Makes a JATS tree plain before its words are read: entities, citations, formulas, scripts, in this order.

Citations must go before superscripts become text, else the reference 2 in `50 mg<sup>2</sup>` becomes an exponent.
Where one stood, `CITED` stays until the words are joined, so that only brackets that held citations are dropped, and
never a sign such as (-).
"""

import re

from lxml import etree

from ingest.extract.scripts import flatten_math, flatten_scripts, replace_by_text
from ingest.sources.tex import tex_text

CITED = "\ufdd0"  # a noncharacter: no text holds it
_BETWEEN = r"[\s,;–—-]*"
_CITED_ONLY = re.compile(rf"[\[(]?{_BETWEEN}(?:{CITED}{_BETWEEN})+[\])]?")
_CITED_BRACKETS = re.compile(rf"[\[(]{_BETWEEN}(?:{CITED}{_BETWEEN})+[\])]")


def prepare(article: etree._Element) -> None:
    """Reduce citations, formulas and scripts below `article` to text, in place; entities are resolved before."""
    _drop_citations(article)
    _flatten_tex(article)
    flatten_math(article)
    flatten_scripts(article)


def without_citations(text: str) -> str:
    """`text` without the marks of citations, the brackets around them and the blank before those."""
    if CITED not in text:
        return text
    text = _CITED_BRACKETS.sub(CITED, text)
    return re.sub(rf"[ ,;]{{0,9}}{CITED}+(?=[)\]])| ?{CITED}(?=[{CITED}\s.,;:]|$)|{CITED}", "", text)


def _drop_citations(article: etree._Element) -> None:
    for reference in list(article.iter("xref")):
        if reference.get("ref-type") == "bibr" and reference.getparent() is not None:
            replace_by_text(reference, CITED)
    for script in list(article.iter("sup")):
        if script.getparent() is not None and _CITED_ONLY.fullmatch("".join(script.itertext()).strip()):
            replace_by_text(script, CITED)


def _flatten_tex(article: etree._Element) -> None:
    """TeX of a formula becomes its text where no MathML says the same; else it goes."""
    for formula in list(article.iter("tex-math")):
        twin = any(sibling.tag == "math" for sibling in formula.getparent())
        replace_by_text(formula, "" if twin else tex_text("".join(formula.itertext())))
