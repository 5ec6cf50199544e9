"""The peers of the privacy filter at their best: datatrove's PIIFormatter and Presidio's pattern recognisers."""

import logging
from collections.abc import Callable
from importlib.util import find_spec

from bench.privacy_set.score import Hit

_ENTITIES = {
    "EMAIL_ADDRESS": "email", "IP_ADDRESS": "ip", "IBAN_CODE": "iban", "CREDIT_CARD": "card", "ES_NIF": "es_dni",
    "ES_NIE": "es_nie", "IT_FISCAL_CODE": "it_cf", "UK_NHS": "uk_nhs", "US_SSN": "us_ssn", "UK_NINO": "uk_nino",
    "PHONE_NUMBER": "phone",
}  # fmt: skip
PRESIDIO_KINDS, DATATROVE_KINDS = tuple(_ENTITIES.values()), ("email", "ip")
_MIN_SCORE = 0.3  # leaves out what Presidio itself calls very weak: any nine digits as an SSN


def datatrove() -> Callable[[str], list[Hit]]:
    """Hits of PIIFormatter, private addresses included."""
    from datatrove.pipeline.formatters.pii import PIIFormatter

    formatter = PIIFormatter(only_remove_public_ips=False)
    sides = (("email", formatter.emails_replacer), ("ip", formatter.ip_replacer))

    def find(text: str) -> list[Hit]:
        return [
            (*_bytes(text, *match.span()), kind)
            for kind, side in sides
            for match in side.regex.finditer(text)
            if side.validator is None or side.validator(match[0])
        ]

    return find


def presidio() -> Callable[[str], list[Hit]] | None:
    """Hits of the recognisers of kinds that both know, without a language model; None where it is not installed."""
    if not find_spec("presidio_analyzer"):
        return None
    for talkative in ("presidio-analyzer", "tldextract"):  # the latter first looks for its list on the internet
        logging.getLogger(talkative).setLevel(logging.CRITICAL)
    from presidio_analyzer import predefined_recognizers as known

    recognisers = [
        known.EmailRecognizer(), known.IpRecognizer(), known.IbanRecognizer(), known.CreditCardRecognizer(),
        known.EsNifRecognizer(), known.EsNieRecognizer(), known.ItFiscalCodeRecognizer(), known.NhsRecognizer(),
        known.UsSsnRecognizer(), known.UkNinoRecognizer(),
        known.PhoneRecognizer(supported_regions=("FR", "GB", "IT", "ES", "US")),
    ]  # fmt: skip

    def find(text: str) -> list[Hit]:
        results = [
            result
            for recogniser in recognisers
            for result in recogniser.analyze(text, recogniser.supported_entities, None)
            if result.score >= _MIN_SCORE
        ]
        return [(*_bytes(text, result.start, result.end), _ENTITIES[result.entity_type]) for result in results]

    return find


def _bytes(text: str, start: int, end: int) -> tuple[int, int]:
    first = len(text[:start].encode())
    return first, first + len(text[start:end].encode())
