"""The list of references at the end of an article: found by its heading and by what its items look like, and dropped.

Conservative: a heading in one of four languages, and below it at least five items that look like references and make
most of what is dropped. What stands behind the last of them (an appendix, a licence, the next article) stays.
"""

import re

_HEADING = re.compile(
    r"[#*_\s]*(?:\d{1,2}\.?\s+|[IVX]{1,4}\.\s+)?(?:"
    r"references?(?: cited| list|s and notes)?|list of references|(?:cited )?literature(?: cited)?|works cited|"
    r"bibliograph(?:y|ie)|références?(?: bibliographiques?)?|bibliografia(?: essenziale)?|"
    r"(?:riferimenti|referenze) bibliografic(?:i|he)|bibliografía|referencias(?: bibliográficas)?|literatura citada"
    r")[\s:*_.]*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_SIGNS = tuple(
    re.compile(sign)
    for sign in (
        r"\bdoi\b|\bPMID\b|\bPMC\d|\bISBN\b|\barXiv\b|https?://|\bAvailable (?:from|at)\b|\bDisponible\b",
        r"\bet al\b|\b(?:eds?|hrsg|coord)\.",
        r"\b\d{1,4}\s?(?:\([^()]{1,15}\))?\s?[:,]\s?(?:pp?\.\s?)?[A-Za-z]?\d{1,6}\s?[-–—]\s?[A-Za-z]?\d{1,6}",
        r"\b(?:1[89]|20)\d\d[;:,]\s?\d{1,4}\s?[(:]",  # 2004;13:447
        r"(?:^|[\s,;])[^\W\d_a-z][\w'’-]+,?\s(?:[^\W\d_a-z]\.?[-\s]?){1,3}[,.;:(&\s]",  # Smith AB, Smith A. B.
        r"\b(?:J|Am|Br|Eur|Int|Clin|Med|Ann|Arch|Lancet|BMJ|JAMA|N Engl|Cochrane|Rev|Proc|Press|Springer|Elsevier)\b",
    )
)
_NUMBERED = re.compile(r"[-*\s]*(?:\[\d{1,3}\]|\(?\d{1,3}[.)]|[¹²³⁴⁵⁶⁷⁸⁹⁰]+|\d{1,3}(?=\s+[^\W\d_a-z]))")
_NUMBER = re.compile(r"[-*\s]*[\[(]?(\d{1,3})[\]).]?\s+[^\W_]")
_SKIPPED = 3  # numbers of items that may be missing between two
_FEWEST = 5  # items that look like references
_MOSTLY = 0.6  # of the section's text, in such items
_OTHERS = 3  # paragraphs in a row that are none end the list
_LONGEST = 1_500  # characters of an item; a longer one is text
_AT_LEAST_BEFORE = 0.1  # of the whole text: a page that is nothing but a bibliography is kept


def without_references(text: str) -> str:
    """`text` without its final section of references; as it is where there is none that is sure."""
    lines = text.split("\n")
    for at in range(len(lines) - 1, -1, -1):
        if len(lines[at]) <= 60 and _HEADING.fullmatch(lines[at]):
            end = _end_of_list(lines, at)
            before = sum(map(len, lines[:at]))
            if end is not None and before >= _AT_LEAST_BEFORE * len(text):
                kept = "\n".join(lines[:at]).rstrip()
                rest = "\n".join(lines[end:]).strip("\n")
                return f"{kept}\n\n{rest}" if rest else kept
    return text


def looks_like_reference(item: str) -> bool:
    """Whether a paragraph is built like an item of a bibliography: two signs of one, or a number, a year and a sign."""
    if len(item) > _LONGEST or len(item) < 15 or item.startswith("|"):
        return False
    signs = sum(bool(sign.search(item)) for sign in _SIGNS)
    year = bool(_YEAR.search(item))
    return signs + year >= 3 or (signs + year >= 2 and bool(_NUMBERED.match(item)))


def _end_of_list(lines: list[str], heading: int) -> int | None:
    """Line behind the last item of the list below a heading; None when that is no list of references.

    The list ends before another heading, or where three paragraphs in a row are no items (one is, too, that goes on
    the numbers of the list); what stands behind it stays.
    """
    alike = others = length = like_length = 0
    counted = 0, 0  # length and length of items, up to the last of them
    end, number = heading + 1, 0
    for at in range(heading + 1, len(lines)):
        item = lines[at].strip()
        if not item:
            continue
        counts_on = (match := _NUMBER.match(item)) is not None and number < int(match[1]) <= number + _SKIPPED
        like = looks_like_reference(item)
        if item.startswith("#") and not like:
            break
        length += len(item)
        if like or (counts_on and len(item) <= _LONGEST):
            alike, others, end = alike + like, 0, at + 1
            like_length += len(item)
            counted = length, like_length
            number = int(match[1]) if counts_on else number
        else:
            others += 1
            if others >= _OTHERS:
                break
    return end if alike >= _FEWEST and counted[1] >= _MOSTLY * counted[0] else None
