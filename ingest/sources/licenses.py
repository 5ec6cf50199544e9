"""Licences as sources write them, turned into SPDX identifiers."""

import re

# Canonical spellings: https://spdx.org/licenses/. A licence without a version has no SPDX name, hence LicenseRef.
_CC_URL = re.compile(r"creativecommons\.org/licen[sc]es/(by(?:-nc)?(?:-nd|-sa)?)(?:/(\d\.\d))?", re.I)
_CC_NAME = re.compile(r"\bcc[ -_]?(by(?:[ -_]nc)?(?:[ -_](?:nd|sa))?)\b(?:[ -_]?v?(\d\.\d))?", re.I)
_CC_WORDS = re.compile(
    r"creative commons attribution((?:[ -]non-?commercial)?)((?:[ -](?:no[ -]?deriv\w*|share[ -]?alike))?)", re.I
)
_VERSION = re.compile(r"\b([1-4]\.\d)\b")


def spdx(statement: str) -> str | None:
    """SPDX identifier (or `LicenseRef-*`) of a licence URL or phrase; None when it names no licence known here."""
    text = " ".join(statement.split())
    if "publicdomain/zero" in text or re.search(r"\bCC[ -]?0\b", text):
        return "CC0-1.0"
    if "publicdomain/mark" in text:
        return "LicenseRef-PublicDomain-Mark"
    for pattern in (_CC_URL, _CC_NAME):
        if match := pattern.search(text):
            parts = re.sub(r"[ _]", "-", match[1].upper())
            return _creative_commons(parts, match[2])
    if match := _CC_WORDS.search(text):
        parts = "BY" + ("-NC" if match[1] else "")
        if match[2]:
            parts += "-SA" if "share" in match[2].lower() else "-ND"
        version = _VERSION.search(text, match.end())
        return _creative_commons(parts, version[1] if version else None)
    return None


def _creative_commons(parts: str, version: str | None) -> str:
    if parts.endswith("NC-ND") or parts in ("BY", "BY-NC", "BY-ND", "BY-SA", "BY-NC-SA"):
        return f"CC-{parts}-{version}" if version else f"LicenseRef-CC-{parts}"
    return f"LicenseRef-CC-{parts}"
