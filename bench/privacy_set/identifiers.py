"""Invented identifiers of every kind, each in one of the forms in which people write it.

A form that does not tell itself what it is is always seeded with words that do, as it occurs.
"""

import string
from collections.abc import Callable
from random import Random

from bench.privacy_set import check_digits
from bench.privacy_set.check_digits import digits, grouped

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


def us_ssn(rng: Random) -> tuple[str, bool]:
    """No check digit."""
    area = rng.choice((rng.randrange(1, 666), rng.randrange(667, 900)))
    whole = f"{area:03d}{rng.randrange(1, 100):02d}{rng.randrange(1, 10000):04d}"
    return rng.choice((grouped(whole, (3, 2, 4), "-"), grouped(whole, (3, 2, 4), " "), whole)), False


def uk_nino(rng: Random) -> tuple[str, bool]:
    """No check digit."""
    whole = (
        rng.choice("ABCEHJLMPRSTWX") + rng.choice("ABCEHJLMPRSTWX") + f"{rng.randrange(10**6):06d}" + rng.choice("ABCD")
    )
    return rng.choice((whole, grouped(whole, (2, 2, 2, 2), " "))), False


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
    **{kind: getattr(check_digits, kind) for kind in CHECKED},
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
