"""Characters of symbol fonts, which many PDFs leave in the private use area: ≤ 5 mg must not lose its sign.

The tables are the built-in encodings of Adobe's Symbol (ISO 32000-1, D.5) and of the Wingdings characters that
word processors set as bullets and ticks, at U+F000 plus their code.
"""

import numpy as np

_PRIVATE = 0xF000
_SYMBOL = {
    0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x41: "Α", 0x42: "Β", 0x43: "Χ", 0x44: "Δ",
    0x45: "Ε", 0x46: "Φ", 0x47: "Γ", 0x48: "Η", 0x49: "Ι", 0x4A: "ϑ", 0x4B: "Κ", 0x4C: "Λ", 0x4D: "Μ", 0x4E: "Ν",
    0x4F: "Ο", 0x50: "Π", 0x51: "Θ", 0x52: "Ρ", 0x53: "Σ", 0x54: "Τ", 0x55: "Υ", 0x56: "ς", 0x57: "Ω", 0x58: "Ξ",
    0x59: "Ψ", 0x5A: "Ζ", 0x5C: "∴", 0x5E: "⊥", 0x61: "α", 0x62: "β", 0x63: "χ", 0x64: "δ", 0x65: "ε", 0x66: "φ",
    0x67: "γ", 0x68: "η", 0x69: "ι", 0x6A: "ϕ", 0x6B: "κ", 0x6C: "λ", 0x6D: "μ", 0x6E: "ν", 0x6F: "ο", 0x70: "π",
    0x71: "θ", 0x72: "ρ", 0x73: "σ", 0x74: "τ", 0x75: "υ", 0x76: "ϖ", 0x77: "ω", 0x78: "ξ", 0x79: "ψ", 0x7A: "ζ",
    0x7E: "∼", 0xA0: "€", 0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xA7: "♣", 0xA8: "♦", 0xA9: "♥", 0xAA: "♠",
    0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×",
    0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅",
    0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xCF: "∉", 0xD1: "∇", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xD5: "∏", 0xD6: "√",
    0xD7: "⋅", 0xD8: "¬", 0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDC: "⇐", 0xDD: "⇑", 0xDE: "⇒", 0xDF: "⇓", 0xE5: "∑",
    0xF2: "∫",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•", 0xA7: "▪",
    0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFE: "☑",
}  # fmt: skip


def _table(signs: dict[int, str]) -> np.ndarray:
    """Code point of each of the 256 private characters; printable ASCII that the font leaves alone stays itself."""
    codes = np.arange(_PRIVATE, _PRIVATE + 256, dtype=np.uint32)
    for code, sign in signs.items():
        codes[code] = ord(sign)
    return codes


_ASCII = {code: chr(code) for code in range(0x20, 0x7F)}
_SYMBOLS = _table(_ASCII | _SYMBOL)
_DINGBATS = _table(_WINGDINGS)
_OTHER = _table({0xB7: "•", 0xA7: "▪", 0xD8: "➢", 0xFC: "✓"})  # fonts that tell no name: bullets only


def readable(codes: np.ndarray, chosen: np.ndarray, font: str) -> np.ndarray:
    """`codes` with the private characters U+F000 to U+F0FF among the `chosen` ones as the font shows them.

    TeX's symbols (cmsy) have no digits: what is read as 0 there is the prime.
    """
    if "cmsy" in font:
        return np.where(chosen & (codes == ord("0")), np.uint32(ord("′")), codes)
    private = chosen & (codes >= _PRIVATE) & (codes < _PRIVATE + 256)
    if not private.any():
        return codes
    table = _SYMBOLS if "symbol" in font else _DINGBATS if "wingdings" in font else _OTHER
    codes = codes.copy()
    codes[private] = table[codes[private] - _PRIVATE]
    return codes
