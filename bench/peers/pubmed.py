"""pubmed_parser over a file of PubMed, left out if it is not installed.

It requires Unidecode, which is under the GPL, but not for what is called here; an empty stand-in will do:

    pip install --target FOLDER --no-deps pubmed_parser
    PYTHONPATH=FOLDER python -m bench readers
"""

import importlib.util
import sys
import types
from pathlib import Path


def installed() -> bool:
    """Whether pubmed_parser is there."""
    return importlib.util.find_spec("pubmed_parser") is not None


def parse(file: Path) -> int:
    """How many citations with an abstract it finds; authors and affiliations as it gives them by default."""
    if "unidecode" not in sys.modules and importlib.util.find_spec("unidecode") is None:
        sys.modules["unidecode"] = types.ModuleType("unidecode")
        sys.modules["unidecode"].unidecode = str
    import pubmed_parser

    found = pubmed_parser.parse_medline_xml(str(file), year_info_only=False)
    return sum(bool(article["abstract"]) for article in found)
