"""Check digits of identifiers: pure functions of the compact form (no separators, capitals).

Each says whether the number is well formed, its check digits included. A wrong length or character is simply invalid.
"""

import re
from datetime import date

from filters.privacy.iban_lengths import IBAN_LENGTHS

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_CF = re.compile(r"[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPR-T][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]")
_CF_CONSONANTS_FIRST = re.compile(r"[^AEIOU]*[AEIOU]*X*")
_CF_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")
_CF_MONTHS = "ABCDEHLMPRST"
_CF_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22,
    25, 24, 23,
), strict=True))  # fmt: skip
_NIR = re.compile(
    r"[1-478][0-9]{2}(?:0[1-9]|1[0-2]|[2-3][0-9]|4[0-2]|[5-9][0-9])(?:[0-9]{2}|2[AB])[0-9]{3}[0-9]{3}[0-9]{2}"
)
# Issuer, lengths (ISO/IEC 7812, the networks' published ranges).
_CARDS = tuple((re.compile(prefix), frozenset(lengths)) for prefix, lengths in (
    ("4", (13, 16, 19)),  # Visa
    ("5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
    ("3[47]", (15,)),  # American Express
    ("6011|64[4-9]|65", (16, 19)),  # Discover
    ("30[0-5]|309|36|3[89]", (14, 16)),  # Diners Club
    ("352[89]|35[3-8]", (16, 19)),  # JCB
    ("62", (16, 17, 18, 19)),  # UnionPay
    ("50(?:18|20|38)|5893|6304|67(?:59|6[1-3])", (12, 13, 14, 15, 16, 18, 19)),  # Maestro
))  # fmt: skip


def luhn(digits: str) -> bool:
    """Sum of the digits, every second from the right doubled, divides by 10 (ISO/IEC 7812-1, annex B)."""
    if not digits.isascii() or not digits.isdigit():
        return False
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(sum(divmod(2 * value, 10)) for value in values[1::2])) % 10 == 0


def iban(text: str) -> bool:
    """ISO 13616: the country's length; country and check digits moved behind, letters as 10 to 35, is 1 modulo 97."""
    if IBAN_LENGTHS.get(text[:2]) != len(text) or not text[2:4].isdigit() or not (text.isascii() and text.isalnum()):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def card(digits: str) -> bool:
    """Payment card: a network's prefix and length, and Luhn's check digit."""
    return luhn(digits) and any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _CARDS)


def es_dni(text: str) -> bool:
    """Spanish DNI: eight digits and the letter of their remainder modulo 23 (Real Decreto 1553/2005; Interior)."""
    return bool(re.fullmatch(r"[0-9]{8}[A-Z]", text)) and _DNI_LETTERS[int(text[:8]) % 23] == text[8]


def es_nie(text: str) -> bool:
    """Spanish NIE: as a DNI whose first digit is written X (0), Y (1) or Z (2) (Orden INT/2058/2008)."""
    return bool(re.fullmatch(r"[XYZ][0-9]{7}[A-Z]", text)) and es_dni(str("XYZ".index(text[0])) + text[1:])


def es_nss(digits: str) -> bool:
    """Spanish social security number: province, eight digits, and the rest of both by 97 (Seguridad Social, TGSS).

    A number below ten million is counted with seven digits.
    """
    if not re.fullmatch(r"(?:0[1-9]|[1-4][0-9]|5[0-3]|66)[0-9]{10}", digits):
        return False
    province, number, check = int(digits[:2]), int(digits[2:10]), int(digits[10:])
    whole = number + province * 10_000_000 if number < 10_000_000 else int(digits[:10])
    return number > 0 and whole % 97 == check


def it_cf(text: str) -> bool:
    """Codice fiscale of a person (DM 23 December 1976): form, a day that exists, and the check character.

    Where two persons would share a code, digits become letters from the right (omocodia); at least one must be left.
    """
    if not _CF.fullmatch(text) or not any(char.isdigit() for char in text):
        return False
    plain = text[:6] + text[6:15].translate(_CF_OMOCODIA)  # letters at 8 and 11 may change: they are not used
    day = int(plain[9:11])
    if not (1 <= day <= 31 or 41 <= day <= 71) or not all(
        _CF_CONSONANTS_FIRST.fullmatch(name) for name in (text[:3], text[3:6])
    ):
        return False
    if (day % 40, _CF_MONTHS.index(text[8]) + 1) in {(30, 2), (31, 2), (31, 4), (31, 6), (31, 9), (31, 11)}:
        return False
    odd = sum(_CF_ODD[char] for char in text[0:15:2])
    even = sum(int(char) if char.isdigit() else ord(char) - ord("A") for char in text[1:15:2])
    return chr(ord("A") + (odd + even) % 26) == text[15]


def fr_nir(text: str) -> bool:
    """French NIR (INSEE, décret 82-103): form, and a key that is 97 less the number modulo 97.

    Corsica's departments 2A and 2B count as 19 and 18.
    """
    if not _NIR.fullmatch(text) or text[7:10] == "000" or text[10:13] == "000":
        return False
    return int(nir_digits(text[:13])) % 97 == 97 - int(text[13:])


def nir_digits(text: str) -> str:
    """The thirteen characters before the key as the digits that the key is made of."""
    return text.replace("2A", "19").replace("2B", "18") if text[6] in "AB" else text


def fr_rpps(digits: str) -> bool:
    """RPPS number of a French health professional: eleven digits from 10..., with Luhn's digit (ANS, annexe IDNPS)."""
    return bool(re.fullmatch(r"10[0-9]{9}", digits)) and luhn(digits)


def uk_nhs(digits: str) -> bool:
    """NHS number: weights 10 to 2, and the check digit is 11 less the sum modulo 11, never 10 (NHS Data Dictionary)."""
    if not re.fullmatch(r"[0-9]{10}", digits) or len(set(digits)) == 1:
        return False
    check = -sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return check == int(digits[9])


def us_ssn(digits: str) -> bool:
    """US social security number: no check digit; areas 000, 666 and 900 up, group 00 and serial 0000 do not exist."""
    return bool(re.fullmatch(r"(?!000|666|9)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}", digits))


def uk_nino(text: str) -> bool:
    """UK national insurance number: no check digit; prefixes and suffixes as HMRC gives them (NIM39110)."""
    return bool(re.fullmatch(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]", text))


def calendar_date(day: int, month: int, year: int) -> bool:
    """Whether that day exists."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
