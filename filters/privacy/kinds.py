"""Kinds of identifiers and the schema of what the step finds."""

import pyarrow as pa

from shards.schema import scores_schema

# Where two spans overlap, the kind that stands earlier wins: the more its form proves, the earlier.
KINDS = (
    "iban",  # ISO 13616, with its two check digits
    "it_cf",  # Italian codice fiscale, omocodia included
    "fr_nir",  # French social security number (numéro INSEE), Corsica included
    "es_nie",  # Spanish foreigner's number
    "es_dni",  # Spanish identity card (NIF of persons)
    "card",  # payment cards
    "es_nss",  # Spanish social security number
    "fr_rpps",  # French health professional's number
    "uk_nhs",  # NHS number
    "us_ssn",  # US social security number, in context
    "uk_nino",  # UK national insurance number, in context
    "url_token",  # the secret value inside a URL: session, token, signature, password
    "email",
    "author_email",  # published contact of an article's author
    "ip",
    "birth_date",  # in context; ages and years are none
    "record_number",  # medical record or patient number, in context
    "phone",
    "author_phone",
)

SPAN = pa.struct(
    [
        pa.field("start", pa.int32(), nullable=False),  # byte offset in the text's UTF-8
        pa.field("end", pa.int32(), nullable=False),  # exclusive
        pa.field("kind", pa.string(), nullable=False),  # one of KINDS
    ]
)

SCHEMA = scores_schema(
    *(pa.field(kind, pa.int32(), nullable=False) for kind in KINDS),  # how many of that kind
    pa.field("identifiers", pa.int32(), nullable=False),  # of all kinds
    pa.field("spans", pa.list_(pa.field("item", SPAN, nullable=False)), nullable=False),  # ascending, disjoint
)
