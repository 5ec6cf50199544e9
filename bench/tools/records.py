"""Bibliographic records whose duplicates people have labelled: BibDedupe (MIT), on stroke and on haematology.

One publication as several databases export it, with other abbreviations and some fields missing: short texts, 20 to 60
words.
"""

import csv
import itertools

from bench.tools.pages import DATA
from bench.tools.pairs import Pairs
from shards.errors import InputError

RECORDS = DATA / "neardup" / "bib_dedupe"
_SETS = ("haematology", "stroke")
_FIELDS = ("title", "author", "year", "journal", "volume", "number", "pages")


def labelled_records() -> tuple[list[str], Pairs]:
    """All records, their fields one after the other, and the pairs of places that are one publication."""
    if not RECORDS.exists():
        raise InputError(f"no records in {RECORDS}: this needs the real data beside the checkout")
    texts: list[str] = []
    pairs: Pairs = set()
    for name in _SETS:
        with (RECORDS / name / "records_pre_merged.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        place = {row["ID"]: len(texts) + at for at, row in enumerate(rows)}
        texts += [" ".join(row[field] for field in _FIELDS) for row in rows]
        with (RECORDS / name / "merged_record_ids.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                members = sorted(place[one] for one in row["merged_ids"].split(";"))
                pairs |= set(itertools.combinations(members, 2))
    return texts, pairs
