"""Texts of known language from ../shared/data/lid: NTREX-128 (news) and the UDHR, as lines and as documents."""

import dataclasses
import re
from pathlib import Path

from shards.errors import InputError

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "lid"
LINES_A_DOCUMENT = 5
_SHORTEST = 20  # letters of a line; "Article 5" is in no language
_SENTENCES = 1997  # of each NTREX file
_CODES = {
    "eng": "en", "fra": "fr", "ita": "it", "spa": "es", "por": "pt", "cat": "ca", "glg": "gl", "ron": "ro",
    "deu": "de", "nld": "nl", "mlt": "mt", "eus": "eu", "ltz": "lb", "afr": "af", "bre": "br", "cos": "co",
    "lat": "la", "roh": "rm", "wln": "wa",
}  # fmt: skip
_ISO = re.compile(r"""iso639-3=['\"](\w+)""")
_PARAGRAPH = re.compile(r"<(?:para|title)>(.*?)</(?:para|title)>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclasses.dataclass(frozen=True)
class Sample:
    """A text, its language (ISO 639-1, 639-3 where there is none) and the half of its file that it comes from."""

    text: str
    language: str
    half: int


def lines() -> list[Sample]:
    """Every line of at least 20 letters."""
    return [
        Sample(line, language, 2 * at // len(file))
        for language, file in _files()
        for at, line in enumerate(file)
        if sum(map(str.isalpha, line)) >= _SHORTEST
    ]


def documents(lines_each: int = LINES_A_DOCUMENT) -> list[Sample]:
    """Documents of so many consecutive lines, the last of a file perhaps shorter."""
    return [
        Sample("\n".join(file[at : at + lines_each]), language, 2 * at // len(file))
        for language, file in _files()
        for at in range(0, len(file), lines_each)
    ]


def _files() -> list[tuple[str, list[str]]]:
    """(language, lines) of each file. The files udhr_oci_* hold Franco-Provençal, as their own tags say."""
    if not FOLDER.is_dir():
        raise InputError(f"no {FOLDER}: this benchmark needs NTREX-128 and the UDHR there, see its SOURCES.md")
    found = []
    for path in sorted((FOLDER / "ntrex").glob("*.txt")):
        code = path.stem.rpartition(".")[2][:3]
        sentences = path.read_text(encoding="utf-8").split("\n")[:_SENTENCES]
        found.append((_CODES.get(code, code), [line.strip() for line in sentences if line.strip()]))
    for path in sorted((FOLDER / "udhr").glob("*.xml")):
        xml = path.read_text(encoding="utf-8")
        match = _ISO.search(xml)
        if match is None:
            raise InputError(f"{path}: names no language; fetch it again")
        paragraphs = [" ".join(_TAG.sub("", paragraph).split()) for paragraph in _PARAGRAPH.findall(xml)]
        found.append((_CODES.get(match[1], match[1]), [paragraph for paragraph in paragraphs if paragraph]))
    return found
