"""Licences as sources write them, turned into SPDX identifiers.

A statement that names several licences gets the one with the most restrictions: what it calls free may be a part of it
only (BioMed Central waives the data, not the article).
"""

import re
from collections.abc import Iterator

# Canonical spellings: https://spdx.org/licenses/. A licence without a version has no SPDX name, hence LicenseRef.
_IDS = (
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-PDDC", "CC-BY-2.5-AU", "CC-BY-3.0-AT", "CC-BY-3.0-AU",
    "CC-BY-3.0-DE", "CC-BY-3.0-NL", "CC-BY-3.0-US", "CC-BY-NC-3.0-DE", "CC-BY-NC-ND-3.0-DE", "CC-BY-NC-SA-2.0-DE",
    "CC-BY-NC-SA-2.0-FR", "CC-BY-NC-SA-2.0-UK", "CC-BY-NC-SA-3.0-DE", "CC-BY-ND-3.0-DE", "CC-BY-SA-2.0-UK",
    "CC-BY-SA-2.1-JP", "CC-BY-SA-3.0-AT", "CC-BY-SA-3.0-DE", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0",
    "CDLA-Sharing-1.0", "DL-DE-BY-2.0", "DL-DE-ZERO-2.0", "etalab-2.0", "GFDL-1.1-only", "GFDL-1.1-or-later",
    "GFDL-1.2-only", "GFDL-1.2-or-later", "GFDL-1.3-only", "GFDL-1.3-or-later", "GPL-2.0-only", "GPL-2.0-or-later",
    "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "LGPL-2.1-only", "LGPL-3.0-only", "MIT", "MPL-2.0", "NLOD-1.0",
    "NLOD-2.0", "ODbL-1.0", "ODC-By-1.0", "OGL-Canada-2.0", "OGL-UK-1.0", "OGL-UK-2.0", "OGL-UK-3.0", "OGC-1.0",
    "PDDL-1.0", "Unlicense",
)  # fmt: skip
_KNOWN = {name.lower(): name for name in _IDS}
_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_CC_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_CC_KINDS = ("BY", "BY-NC", "BY-NC-ND", "BY-NC-SA", "BY-ND", "BY-SA")
_CC_IGO = ("CC-BY-3.0", "CC-BY-NC-ND-3.0", "CC-BY-NC-SA-3.0", "CC-BY-SA-3.0")
_CC_URL = re.compile(
    r"creativecommons\.org/licen[sc]es/((?:by|nc|nd|sa)(?:-(?:by|nc|nd|sa))*)(?:/(\d\.\d))?(?:/(igo)\b)?", re.I
)
_CC_NAME = re.compile(
    r"\bcc[ _–-]?(by(?:[ _/–-]{1,3}(?:nc|nd|sa)\b)*)(?![a-z])(?:[ _-]?v?(\d\.\d))?(?:[ _-](igo)\b)?", re.I
)
_CC_WORDS = re.compile(
    r"creative commons\b[^.;]{0,40}?\b(?:attribution|attribuzione|atribuci[oó]n|reconocimiento|paternité)\b", re.I
)
_CC_ZERO = re.compile(r"publicdomain/zero|\bCC[ _-]?(?:0|Zero)\b(?!\.)", re.I)
_REACH = 80  # characters after "attribution" in which the rest of the licence's name is looked for
_RESTRICTIONS = {
    "NC": re.compile(
        r"(?<!commercial and )(?<!commercial or )\bnon?[\s‐‑–-]*comm?erci[ao]le?|pas d.utilisation commerciale|\bNC\b",
        re.I,
    ),
    "ND": re.compile(
        r"\bno[ns]?[\s‐‑–-]*(?:opere[\s-]*|obras?[\s-]*)?deriv"
        r"|(?:pas|sans) (?:de |d.)?(?:modification|(?:œ|oe)uvre|d[ée]riv)|sin[\s-]*(?:obras?[\s-]*)?deriv|\bND\b",
        re.I,
    ),
    "SA": re.compile(
        r"share[\s‐‑–-]*alike|partage (?:dans les m|à l.identique|selon les m)|compartir[\s-]*igual"
        r"|condividi allo stesso modo|\bSA\b",
        re.I,
    ),
}  # fmt: skip
_VERSION = re.compile(r"\b([1-4]\.\d)\b")
_IGO = re.compile(r"\bIGO\b|intergovernmental", re.I)
# "is not licensed under", "n'est pas sous licence"; but the "non" of "non-commercial" denies nothing.
_DENIED = re.compile(
    r"\b(?:not|never|pas|non(?![\s‐‑–-]*comm)|no(?![\s‐‑–-]*com|[\s‐‑–-]*deriv))\s+(?:[\w'’]+\s+){0,6}$", re.I
)


def spdx(statement: str) -> str | None:
    """SPDX identifier (or `LicenseRef-*`) of a licence id, URL or phrase; None when it names no licence known here.

    CC0 and the public-domain mark count only where nothing else is named; a licence that is denied counts nowhere.
    """
    text = " ".join(statement.split())
    if text.lower() in _KNOWN:
        return _KNOWN[text.lower()]
    if _REFERENCE.fullmatch(text):
        return text
    named: list[tuple[int, int, str]] = []  # restrictions, whether the version is stated, identifier
    denied: set[str] = set()
    for position, parts, version, igo in _mentions(text):
        name = _creative_commons(parts, version, igo)
        if _DENIED.search(text, max(0, position - 100), position):
            denied.add(name)
        else:
            named.append((len(parts), version is not None, name))
    named = [item for item in named if item[2] not in denied]
    if named:
        return max(named, key=lambda item: item[:2])[2]
    if denied:
        return None
    if (zero := _CC_ZERO.search(text)) and not _DENIED.search(text, max(0, zero.start() - 100), zero.start()):
        return "CC0-1.0"
    return "LicenseRef-PublicDomain-Mark" if "publicdomain/mark" in text else None


def _mentions(text: str) -> Iterator[tuple[int, set[str], str | None, bool]]:
    """(position, parts such as "BY" and "NC", version, whether IGO) of each Creative Commons name."""
    for pattern in (_CC_URL, _CC_NAME):
        for match in pattern.finditer(text):
            yield match.start(), set(re.findall("BY|NC|ND|SA", match[1].upper())), match[2], match[3] is not None
    for match in _CC_WORDS.finditer(text):
        name = re.split("https?:|;", text[match.start() : match.end() + _REACH])[0]
        restrictions = {part for part, pattern in _RESTRICTIONS.items() if pattern.search(name)}
        version = _VERSION.search(text, match.end(), match.end() + _REACH + 40)
        yield match.start(), {"BY", *restrictions}, version and version[1], _IGO.search(name) is not None


def _creative_commons(parts: set[str], version: str | None, igo: bool) -> str:
    kind = "-".join(part for part in ("BY", "NC", "ND", "SA") if part in parts)
    name = f"CC-{kind}-{version}" if version else f"CC-{kind}"
    regular = kind in _CC_KINDS and version in _CC_VERSIONS
    if igo:
        return f"{name}-IGO" if regular and name in _CC_IGO else f"LicenseRef-{name}-IGO"
    return name if regular else f"LicenseRef-{name}"
