"""Invented identifiers with valid check digits, each in one of the forms in which people write it.

The check digits are worked out here again, apart from `filters.privacy.checksums`, so that a slip in one shows.
`CONTEXT_FREE` forms carry no word that says what they are; the others are always seeded with one, as they occur.
"""

import string
from collections.abc import Callable
from random import Random

CHECKED = ("iban", "it_cf", "fr_nir", "es_nie", "es_dni", "card", "es_nss", "fr_rpps", "uk_nhs")  # have check digits
_FIRST = ["anna", "marco", "lucia", "jean", "claire", "john", "mary", "carlos", "elena", "giulia", "pierre", "sofia"]
_LAST = [
    "rossi",
    "garcia",
    "dupont",
    "smith",
    "martin",
    "bianchi",
    "lopez",
    "moreau",
    "taylor",
    "ferrari",
    "ruiz",
    "bernard",
]
_HOSTS = [
    "gmail.com",
    "hotmail.fr",
    "libero.it",
    "yahoo.es",
    "nhs.net",
    "chu-lyon.fr",
    "ospedale-niguarda.it",
    "hospital.example.org",
]
_CONSONANTS, _VOWELS = "BCDFGLMNPRSTV", "AEIOU"


def digits(rng: Random, count: int) -> str:
    """Random digits, the first not zero."""
    return str(rng.randrange(10 ** (count - 1), 10**count))


def _grouped(text: str, sizes: tuple[int, ...], sign: str) -> str:
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
        (whole, _grouped(whole, (4,) * 8, " "), _grouped(whole, (4,) * 8, "\u00a0"), _grouped(whole, (4,) * 8, "-"))
    )
    return form, True


def card(rng: Random) -> tuple[str, bool]:
    """Visa, Mastercard, American Express."""
    prefix, length = rng.choice((("4", 16), ("52", 16), ("2345", 16), ("37", 15), ("6011", 16)))
    body = prefix + "".join(rng.choices(string.digits, k=length - len(prefix) - 1))
    whole = body + _luhn_digit(body)
    sizes = (4, 6, 5) if length == 15 else (4, 4, 4, 4)
    return rng.choice(
        (whole, _grouped(whole, sizes, " "), _grouped(whole, sizes, "-"), _grouped(whole, sizes, " "))
    ), True


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
        (whole, whole, whole.lower(), _grouped(whole, (3, 3, 5, 5), " "), _grouped(whole, (6, 5, 5), " "))
    ), True


def fr_nir(rng: Random) -> tuple[str, bool]:
    """Mainland, Corsica and overseas, with its key; a few spell out the word before the key."""
    department = rng.choice((f"{rng.randrange(1, 20):02d}", f"{rng.randrange(21, 96):02d}", "2A", "2B", "97"))
    body = rng.choice("12") + f"{rng.randrange(100):02d}{rng.randrange(1, 13):02d}{department}"
    body += f"{rng.randrange(1, 1000):03d}{rng.randrange(1, 1000):03d}"
    value = int(body.replace("2A", "19").replace("2B", "18"))
    key = f"{97 - value % 97:02d}"
    spaced = _grouped(body, (1, 2, 2, 2, 3, 3), " ")
    return rng.choice(
        (
            body + key,
            f"{spaced} {key}",
            f"{spaced} / {key}",
            f"{spaced}-{key}",
            f"{body} {key}",
            f"{spaced} clé {key}",
            _grouped(body + key, (1, 2, 2, 2, 3, 3), "."),
        )
    ), True


def fr_rpps(rng: Random) -> tuple[str, bool]:
    """Eleven digits: a word must say what they are."""
    body = "10" + f"{rng.randrange(10**8):08d}"
    whole = body + _luhn_digit(body)
    return rng.choice((whole, whole, _grouped(whole, (2, 3, 3, 3), " "))), False


def uk_nhs(rng: Random) -> tuple[str, bool]:
    """Ten digits, together or three, three, four: a word must say what they are."""
    while True:
        body = digits(rng, 9)
        check = 11 - sum(int(char) * (10 - place) for place, char in enumerate(body)) % 11
        if check != 10:
            whole = body + str(check % 11)
            return rng.choice((whole, _grouped(whole, (3, 3, 4), " "), _grouped(whole, (3, 3, 4), "-"))), False


def us_ssn(rng: Random) -> tuple[str, bool]:
    """No check digit."""
    area = rng.choice((rng.randrange(1, 666), rng.randrange(667, 900)))
    whole = f"{area:03d}{rng.randrange(1, 100):02d}{rng.randrange(1, 10000):04d}"
    return rng.choice((_grouped(whole, (3, 2, 4), "-"), _grouped(whole, (3, 2, 4), " "), whole)), False


def uk_nino(rng: Random) -> tuple[str, bool]:
    """No check digit."""
    whole = (
        rng.choice("ABCEHJLMPRSTWX") + rng.choice("ABCEHJLMPRSTWX") + f"{rng.randrange(10**6):06d}" + rng.choice("ABCD")
    )
    return rng.choice((whole, _grouped(whole, (2, 2, 2, 2), " "))), False


def email(rng: Random) -> tuple[str, bool]:
    """Plain addresses, some with signs, a few with the `@` spelt out."""
    first, last, host = rng.choice(_FIRST), rng.choice(_LAST), rng.choice(_HOSTS)
    local = rng.choice(
        (
            f"{first}.{last}",
            f"{first[0]}{last}{rng.randrange(100)}",
            f"{first}_{last}",
            f"{last}+med",
            f"{first.title()}.{last.title()}",
        )
    )
    spelt = f"{first}.{last} (at) {host.replace('.', ' (dot) ')}"
    return rng.choice((f"{local}@{host}",) * 9 + (spelt,)), True


def url_token(rng: Random) -> tuple[str, bool]:
    """The whole URL; the secret in it is what must be found."""
    secret = "".join(rng.choices(string.ascii_letters + string.digits, k=rng.choice((16, 24, 32)))) + "7a"
    host = rng.choice(_HOSTS)
    return rng.choice(
        (
            f"https://www.{host}/dossier?id=12&token={secret}",
            f"https://portal.{host}/view;jsessionid={secret}",
            f"http://{host}/reset?access_token={secret}&lang=fr",
            f"https://s3.{host}/scan.pdf?X-Amz-Signature={secret}",
            f"https://{host}/login?user=ab&password={secret}",
            f"https://{host}/api?apikey={secret}#top",
        )
    ), True


def ip(rng: Random) -> tuple[str, bool]:
    """Version 4 with large octets, or small ones in context; version 6."""
    if rng.random() < 0.3:
        groups = [f"{rng.randrange(0x1000, 0xFFFF):x}" for _ in range(8)]
        return rng.choice((":".join(groups), f"2001:db8::{groups[0]}:{groups[1]}")), True
    large = (
        f"{rng.choice((10, 83, 172, 192))}.{rng.randrange(100, 256)}.{rng.randrange(10, 256)}.{rng.randrange(1, 255)}"
    )
    return rng.choice(((large, True), (large, True), (f"{rng.randrange(1, 9)}.{rng.randrange(20)}.0.1", False)))


def phone(rng: Random) -> tuple[str, bool]:
    """French, British, Italian, Spanish and American numbers, national and international."""
    f, g, i, s, u = (
        "".join(rng.choices(string.digits, k=8)),
        f"{rng.randrange(1000):03d}",
        digits(rng, 7),
        digits(rng, 6),
        digits(rng, 4),
    )
    french = f"{rng.choice(('1', '4', '6'))}4{f[:7]}"
    pairs = [french[0], *(french[at : at + 2] for at in range(1, 9, 2))]
    area, exchange = rng.choice(("212", "617", "415")), digits(rng, 3).replace("0", "4").replace("1", "2")
    return rng.choice(
        (
            ("0" + " ".join(pairs), True),
            ("0" + ".".join(pairs), True),
            ("+33 " + " ".join(pairs), True),
            ("0" + french, False),
            (f"020 7946 0{g}", True),
            (f"+44 20 7946 0{g}", True),
            (f"0161 496 0{g}", True),
            (f"+44 (0)161 496 0{g}", True),
            (f"+39 347 {i}", True),
            (f"06 4{i}", False),
            (f"347 {i}", False),
            (f"+39 06 4{i}", True),
            (f"91 4{s[:2]} {s[2:4]} {s[4:]}", False),
            (f"+34 914 {s[:3]} {s[3:]}", True),
            (f"6{s[:2]} {s[2:5]} 4{s[:2]}", False),
            (f"({area}) {exchange}-{u}", True),
            (f"+1 {area} {exchange} {u}", True),
            (f"{area}-{exchange}-{u}", False),
        )
    )


def record_number(rng: Random) -> tuple[str, bool]:
    """Local numbers of any form: a word must say what they are."""
    return rng.choice(
        (
            digits(rng, 6),
            digits(rng, 7),
            digits(rng, 8),
            f"20{rng.randrange(10, 25)}/{digits(rng, 5)}",
            f"A{digits(rng, 6)}",
            f"{digits(rng, 3)}-{digits(rng, 4)}",
            f"00{digits(rng, 6)}",
        )
    ), False


def birth_date(rng: Random, language: str) -> tuple[str, bool]:
    """In figures or with the month in words."""
    day, month, year = rng.randrange(1, 29), rng.randrange(1, 13), rng.randrange(1925, 2015)
    name = _MONTHS[language][month - 1]
    words = {
        "en": rng.choice((f"{day} {name} {year}", f"{name} {day}, {year}")),
        "fr": f"{'1er' if day == 1 else day} {name} {year}",
        "it": f"{day} {name} {year}",
        "es": f"{day} de {name} de {year}",
    }[language]
    return rng.choice(
        (
            words,
            f"{day:02d}/{month:02d}/{year}",
            f"{day:02d}.{month:02d}.{year}",
            f"{day}-{month}-{year}",
            f"{year}-{month:02d}-{day:02d}",
        )
    ), False


_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "it": [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
}
_MAKERS: dict[str, Callable[[Random], tuple[str, bool]]] = {
    "iban": iban,
    "it_cf": it_cf,
    "fr_nir": fr_nir,
    "es_nie": es_nie,
    "es_dni": es_dni,
    "card": card,
    "es_nss": es_nss,
    "fr_rpps": fr_rpps,
    "uk_nhs": uk_nhs,
    "us_ssn": us_ssn,
    "uk_nino": uk_nino,
    "url_token": url_token,
    "email": email,
    "author_email": email,
    "ip": ip,
    "record_number": record_number,
    "phone": phone,
    "author_phone": phone,
}
SEEDED = (*_MAKERS, "birth_date")


def make(kind: str, language: str, rng: Random) -> tuple[str, bool]:
    """(an identifier as written, whether it tells itself what it is)."""
    return birth_date(rng, language) if kind == "birth_date" else _MAKERS[kind](rng)
