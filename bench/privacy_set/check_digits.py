"""Invented identifiers with valid check digits, each in one of the forms in which people write it.

Each function gives (the identifier as written, whether it tells itself what it is). The check digits are worked out
here again, apart from `filters.privacy.checksums`, so that a slip in one shows.
"""

import string
from random import Random

_CONSONANTS, _VOWELS = "BCDFGLMNPRSTV", "AEIOU"


def digits(rng: Random, count: int) -> str:
    """Random digits, the first not zero."""
    return str(rng.randrange(10 ** (count - 1), 10**count))


def grouped(text: str, sizes: tuple[int, ...], sign: str) -> str:
    """The text cut in groups of these sizes, the rest last."""
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return sign.join(part for part in (*parts, text[at:]) if part)


def _luhn_digit(body: str) -> str:
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def iban(rng: Random) -> tuple[str, bool]:
    """Of nine countries; in one piece, in groups of four, with hyphens."""
    country, bank = rng.choice(
        (
            ("FR", digits(rng, 10) + rng.choice(string.ascii_uppercase) + digits(rng, 12)),
            ("IT", rng.choice(string.ascii_uppercase) + digits(rng, 22)),
            ("ES", digits(rng, 20)),
            ("DE", digits(rng, 18)),
            ("GB", "".join(rng.choices(string.ascii_uppercase, k=4)) + digits(rng, 14)),
            ("BE", digits(rng, 12)),
            ("NL", "".join(rng.choices(string.ascii_uppercase, k=4)) + digits(rng, 10)),
            ("PT", digits(rng, 21)),
            ("CH", digits(rng, 17)),
        )
    )
    number = "".join(
        str(string.digits.find(char)) if char.isdigit() else str(ord(char) - 55) for char in bank + country
    )
    whole = f"{country}{98 - int(number + '00') % 97:02d}{bank}"
    form = rng.choice(
        (whole, grouped(whole, (4,) * 8, " "), grouped(whole, (4,) * 8, "\u00a0"), grouped(whole, (4,) * 8, "-"))
    )
    return form, True


def card(rng: Random) -> tuple[str, bool]:
    """Visa, Mastercard, American Express."""
    prefix, length = rng.choice((("4", 16), ("52", 16), ("2345", 16), ("37", 15), ("6011", 16)))
    body = prefix + "".join(rng.choices(string.digits, k=length - len(prefix) - 1))
    whole = body + _luhn_digit(body)
    sizes = (4, 6, 5) if length == 15 else (4, 4, 4, 4)
    return rng.choice((whole, grouped(whole, sizes, " "), grouped(whole, sizes, "-"), grouped(whole, sizes, " "))), True


def es_dni(rng: Random) -> tuple[str, bool]:
    """Glued, hyphenated and dotted forms tell themselves; blanks before the letter do not."""
    number = rng.randrange(1_000_000, 99_999_999)
    letter, text = "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23], f"{number:08d}"
    dotted = f"{text[:2]}.{text[2:5]}.{text[5:]}"
    dated = text[:2] in ("19", "20")  # as lots are numbered: with context only
    form, free = rng.choice(
        (
            (text + letter, not dated),
            (f"{text}-{letter}", not dated),
            (f"{dotted}-{letter}", True),
            (f"{dotted}{letter}", True),
            (f"{text} {letter}", False),
            (text + letter.lower(), False),
        )
    )
    return form, free


def es_nie(rng: Random) -> tuple[str, bool]:
    """Glued, hyphenated; with blanks only in context."""
    first, number = rng.randrange(3), rng.randrange(10_000_000)
    letter, initial, text = "TRWAGMYFPDXBNJZSQVHLCKE"[(first * 10_000_000 + number) % 23], "XYZ"[first], f"{number:07d}"
    return rng.choice(
        (
            (f"{initial}{text}{letter}", True),
            (f"{initial}-{text}-{letter}", True),
            (f"{initial}{text}-{letter}", True),
            (f"{initial} {text} {letter}", False),
            (f"{initial}-{text[0]}.{text[1:4]}.{text[4:]}-{letter}", False),
        )
    )


def es_nss(rng: Random) -> tuple[str, bool]:
    """With the groups apart it tells itself; twelve digits in a row do not."""
    province, number = (
        rng.randrange(1, 53),
        rng.choice((rng.randrange(1, 10_000_000), rng.randrange(10_000_000, 99_999_999))),
    )
    whole = province * (10**7 if number < 10**7 else 10**8) + number
    parts = (f"{province:02d}", f"{number:08d}", f"{whole % 97:02d}")
    return rng.choice(
        (("/".join(parts), True), (" ".join(parts), True), ("-".join(parts), True), ("".join(parts), False))
    )


def it_cf(rng: Random) -> tuple[str, bool]:
    """A third with digits replaced by letters (omocodia); in one piece, in groups, in small letters."""
    name = "".join(rng.choice(_CONSONANTS) for _ in range(5)) + rng.choice(_VOWELS)
    body = name + f"{rng.randrange(100):02d}{rng.choice('ACELMRT')}{rng.randrange(1, 29) + rng.choice((0, 40)):02d}"
    body += rng.choice("ABCDEFGHIL") + f"{rng.randrange(1, 1000):03d}"
    if rng.random() < 0.33:
        changed = list(body)
        for place in (14, 13, 12)[: rng.randrange(1, 4)]:
            changed[place] = "LMNPQRSTUV"[int(changed[place])]
        body = "".join(changed)
    odd_digit = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
    odd_letter = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    total = 0
    for place, char in enumerate(body, 1):
        value = int(char) if char.isdigit() else ord(char) - 65
        total += (odd_digit[value] if char.isdigit() else odd_letter[value]) if place % 2 else value
    whole = body + string.ascii_uppercase[total % 26]
    return rng.choice(
        (whole, whole, whole.lower(), grouped(whole, (3, 3, 5, 5), " "), grouped(whole, (6, 5, 5), " "))
    ), True


def fr_nir(rng: Random) -> tuple[str, bool]:
    """Mainland, Corsica and overseas, with its key; a few spell out the word before the key."""
    department = rng.choice((f"{rng.randrange(1, 20):02d}", f"{rng.randrange(21, 96):02d}", "2A", "2B", "97"))
    body = rng.choice("12") + f"{rng.randrange(100):02d}{rng.randrange(1, 13):02d}{department}"
    body += f"{rng.randrange(1, 1000):03d}{rng.randrange(1, 1000):03d}"
    value = int(body.replace("2A", "19").replace("2B", "18"))
    key = f"{97 - value % 97:02d}"
    spaced = grouped(body, (1, 2, 2, 2, 3, 3), " ")
    return rng.choice(
        (
            body + key,
            f"{spaced} {key}",
            f"{spaced} / {key}",
            f"{spaced}-{key}",
            f"{body} {key}",
            f"{spaced} clé {key}",
            grouped(body + key, (1, 2, 2, 2, 3, 3), "."),
        )
    ), True


def fr_rpps(rng: Random) -> tuple[str, bool]:
    """Eleven digits: a word must say what they are."""
    body = "10" + f"{rng.randrange(10**8):08d}"
    whole = body + _luhn_digit(body)
    return rng.choice((whole, whole, grouped(whole, (2, 3, 3, 3), " "))), False


def uk_nhs(rng: Random) -> tuple[str, bool]:
    """Ten digits, together or three, three, four: a word must say what they are."""
    while True:
        body = digits(rng, 9)
        check = 11 - sum(int(char) * (10 - place) for place, char in enumerate(body)) % 11
        if check != 10:
            whole = body + str(check % 11)
            return rng.choice((whole, grouped(whole, (3, 3, 4), " "), grouped(whole, (3, 3, 4), "-"))), False
