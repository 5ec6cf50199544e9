"""Unicode hygiene of all text that enters a version: NFC, no control characters, tidy white space."""

import re
import unicodedata

# C0 and C1 controls but tab and newline, byte order marks, soft hyphens, zero-width spaces, directional marks,
# interlinear anchors, noncharacters, lone surrogates. Joiners (U+200C, U+200D) carry meaning and stay.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?|\u0085|\u2028|\u2029")
_GAPS = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """`text` in NFC (not NFKC, which turns ² into 2), \\n line ends, one blank line at most, nothing unseen."""
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", text)
    text = "\n".join(line.rstrip(" \t\xa0") for line in text.split("\n"))  # a regex is quadratic in blanks
    return _GAPS.sub("\n\n", text).strip()


def clean_line(text: str | None) -> str | None:
    """`text` cleaned and on one line; None when nothing is left."""
    return " ".join(clean(text).split()) or None if text else None
