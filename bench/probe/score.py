"""How much of the probe pages' gold an extractor's text holds."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from bench.probe.pages import ProbePage

MEASURES = ("doses", "cells", "items", "headings", "scripts", "no_boilerplate")
_SPACE = re.compile(r"\s+")
_MARKS = re.compile(r"[*`\\]|(?<!\w)_|_(?!\w)")


def score(pages: Sequence[ProbePage], texts: Sequence[str]) -> dict[str, float]:
    """Recall of each of `MEASURES` over all pages.

    A cell counts when it stands in one line with the whole row it belongs to; an item, when its words stand together in
    a line; a heading, as a line of its own; a dose, as often as the page has it; a script, when its Unicode (or `^`)
    form stands and the damaged one does not.
    """
    hit, all_ = Counter(), Counter()
    for page, text in zip(pages, texts, strict=True):
        lines = [_plain(line) for line in text.split("\n")]
        bare = [line.lstrip("#-•0123456789. |").strip(" |:") for line in lines]
        whole = _plain(text.replace("\n", " "))
        gold = page.gold
        for row in gold.rows:
            cells = [_plain(cell) for cell in row]
            found = max((sum(cell in line for cell in cells) for line in lines), default=0)
            all_["cells"] += len(cells)
            hit["cells"] += found
        for item in gold.items:
            all_["items"] += 1
            hit["items"] += any(_plain(item) in line for line in lines)
        for heading in gold.headings:
            all_["headings"] += 1
            wanted = _plain(heading).lstrip("0123456789. ")
            hit["headings"] += any(line == wanted for line in bare)
        wanted_doses = Counter(map(_plain, gold.doses))
        for dose, times in wanted_doses.items():
            all_["doses"] += times
            hit["doses"] += min(times, len(re.findall(rf"(?<![\d.,]){re.escape(dose)}", whole)))
        for right, damaged in gold.scripts:
            all_["scripts"] += 1
            hit["scripts"] += (right in text or right.replace("⁹", "^9") in text) and damaged not in text
        for snippet in gold.boilerplate:
            all_["no_boilerplate"] += 1
            hit["no_boilerplate"] += _plain(snippet) not in whole
    return {name: hit[name] / all_[name] if all_[name] else 1.0 for name in MEASURES}


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", _MARKS.sub("", text)).replace("’", "'").replace("−", "-").replace("–", "-")
    return _SPACE.sub(" ", text).strip()
