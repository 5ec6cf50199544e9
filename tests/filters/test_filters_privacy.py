"""What the privacy step finds, and what it leaves alone, in four languages; offsets, order, hostile documents."""

import dataclasses
import unicodedata
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.privacy import KINDS, SCHEMA, Privacy
from filters.privacy.context_words import ANNOUNCED
from filters.privacy.find import disjoint
from filters.privacy.window import plain
from shards.schema import check
from shards.step import parameters


def run(*texts: str, **columns: list[str]) -> list[dict]:
    table = pa.table(
        {"doc_id": [str(row) for row in range(len(texts))], "text": pa.array(texts, pa.string()), **columns}
    )
    step = Privacy(article_sources=("pubmed",))
    return check(step.run(table)["scores"], SCHEMA, "privacy").to_pylist()


def found(text: str, source: str = "web") -> list[tuple[str, str]]:
    """(kind, text) of each span, and the counts must say the same."""
    (row,) = run(text, source=[source])
    spans = [(span["kind"], text.encode()[span["start"] : span["end"]].decode()) for span in row["spans"]]
    assert row["identifiers"] == len(spans)
    assert {kind: row[kind] for kind in KINDS} == {kind: sum(kind == own for own, _ in spans) for kind in KINDS}
    return spans


POSITIVE = [
    (
        "iban",
        "Conto: {}.",
        ("IT60X0542811101000000123456", "IT60 X054 2811 1010 0000 0123 456", "gb82west12345698765432"),
    ),
    ("iban", "virement sur {} SVP", ("FR14 2004 1010 0505 0001 3M02 606", "FR14-2004-1010-0505-0001-3M02-606")),
    (
        "card",
        "payé ({}), merci",
        ("4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "3782 822463 10005"),
    ),
    ("es_dni", "Paciente {}, varón", ("12345678Z", "12345678-Z", "12.345.678-Z", "12.345.678Z")),
    ("es_dni", "con DNI {} acude", ("12345678 Z", "12 345 678 Z", "12345678z")),
    ("es_dni", "D.N.I.: {}\n", ("12345678 - Z",)),
    ("es_nie", "extranjero {};", ("X1234567L", "X-1234567-L", "Y1234567X")),
    ("es_nss", "consta {} en", ("28/12345678/40", "28 12345678 40", "28-12345678-40")),
    ("es_nss", "Nº Seguridad Social: {}", ("281234567840", "28/1234567840")),
    ("it_cf", "la sig.ra ({})", ("MRTMTT25D09F205Z", "mrtmtt25d09f205z", "MRT MTT 25D09 F205Z", "MRTMTT 25D09 F205Z")),
    (
        "fr_nir",
        "assuré {}\n",
        ("2 55 08 14 168 025 38", "255081416802538", "2 55 08 14 168 025 / 38", "2550814168025 38"),
    ),
    ("fr_nir", "N° SS : {}", ("2 55 08 14 168 025", "2550814168025", "2 55 08 14 168 025 clé 38")),
    ("fr_rpps", "Dr Petit, RPPS {}", ("10003456786", "10 003 456 786")),
    ("uk_nhs", "NHS number: {}.", ("943 476 5919", "9434765919", "943-476-5919", "943\u00a0476\u00a05919")),
    ("uk_nhs", "seen today, {} (NHS no.)", ("943 476 5919",)),
    ("us_ssn", "SSN: {}", ("123-45-6789", "123 45 6789", "123456789")),
    ("uk_nino", "National Insurance number {}.", ("AB 12 34 56 C", "AB123456C")),
    ("url_token", "see https://a.org/x?id=1&token={}&b=2", ("Zx81kfQ02mPq", "0123456789abcdef")),
    ("url_token", "http://a.org/v;jsessionid={} or", ("0A1B2C3D4E5F6A7B",)),
    ("url_token", "ftp://{}@files.org/a", ("anna:secret",)),
    (
        "ip",
        "depuis {}, hier",
        ("192.168.1.25", "83.149.9.216", "2001:db8::ff00:42:8329", "fe80:0:0:0:204:61ff:fe9d:f156"),
    ),
    ("ip", "IP address: {}", ("8.8.8.8", "10.0.0.1", "fe80::1")),
    ("phone", "chiamare {} ore", ("+39 06 4782 1234", "+33 1 42 68 53 00", "+44 (0)20 7946 0958", "+34 914 874 192")),
    ("phone", "; {}; ", ("01 42 68 53 00", "01.42.68.53.00", "020 7946 0958", "(617) 432-1234", "1-800-332-1088")),
    ("phone", "Tel.: {}", ("06 47821234", "347 1234567", "914 874 192", "91 487 41 92", "617-432-1234", "0142685300")),
    ("phone", "Tfno. {} (mañanas)", ("914874192",)),
    ("phone", "Llame al {}.", ("914 874 192",)),
    ("phone", "☎ {}", ("914 874 192",)),
    ("birth_date", "DOB: {}", ("12/03/1960", "1960-03-12", "12 March 1960", "March 12, 1960", "12.3.60")),
    ("birth_date", "D.O.B. {}", ("3/12/1960", "12-Mar-1960")),
    ("birth_date", "She was born in New York on {}.", ("12 March 1960",)),
    ("birth_date", "Mme B., née le {}, est suivie", ("12 mars 1960", "1er août 1960", "12/03/1960")),
    ("birth_date", "NÉE LE {}", ("12/03/1960",)),
    ("birth_date", "NE LE : {}", ("12/03/1960",)),
    ("birth_date", "| Date de naissance | {} |", ("12/03/1960",)),
    ("birth_date", "nato a Reggio Emilia (RE) il {}", ("3 maggio 1955", "03/05/1955")),
    ("birth_date", "Data di nascita: {}", ("3 maggio 1955",)),
    ("birth_date", "nacida en Madrid el {}", ("3 de mayo de 1955",)),
    ("birth_date", "F. nac.: {}", ("03/05/1955",)),
    ("record_number", "MRN: {}", ("00123456", "A123456", "12-34567")),
    ("record_number", "M.R.N. {},", ("123456",)),
    ("record_number", "Hospital number {}.", ("123456",)),
    ("record_number", "Numéro de dossier : {}", ("4567890", "2019/12345")),
    ("record_number", "IPP {}", ("8001234567",)),
    ("record_number", "cartella clinica n. {}", ("2019/12345", "123456")),
    ("record_number", "Nosologico: {}", ("2019012345",)),
    ("record_number", "N.º de historia clínica: {}", ("1234567",)),
    ("record_number", "NHC {}", ("123456",)),
    ("record_number", "Nº HC {}", ("1234567",)),
    ("record_number", "Pt ID {}", ("1234567",)),
    ("record_number", "Dossier : {}", ("4567890",)),
    ("record_number", "cod. paziente {}", ("123456",)),
    ("birth_date", "Date of Birth (DD/MM/YYYY): {}", ("12/03/1960",)),
    ("birth_date", "né le vendredi {}", ("12 mars 1960",)),
    ("birth_date", "data nascita {}", ("03/05/1955",)),
    ("birth_date", "F.Nac {}", ("03/05/1955",)),
    ("email", "a {}, b", ("anna.rossi@ospedale.it", "a_b+c@x-y.co.uk", "josé@clínica.es", "o'neil@nhs.net")),
    ("email", "write to {}.", ("jane.doe (at) uni (dot) edu", "jane[at]uni.edu", "jane.doe(arroba)uni.es")),
]


@pytest.mark.parametrize(
    ("kind", "sentence", "identifier"), [(kind, where, one) for kind, where, own in POSITIVE for one in own]
)
def test_identifiers_are_found_whole(kind: str, sentence: str, identifier: str) -> None:
    assert found(sentence.format(identifier)) == [(kind, identifier)]
    assert found(f"Été — “où” 🙂 {sentence.format(identifier)}") == [(kind, identifier)]


NEGATIVE = [
    "EU/1/23/1234/001, EMEA/H/C/000123, NCT01234567, EudraCT 2019-001234-56, 2022-500123-12-00, ISRCTN12345678",
    "doi:10.1016/j.jad.2019.01.234 PMID: 31234567 PMC7654321 ISBN 978-3-16-148410-0 ISSN 1234-567X CAS 50-78-2",
    "ORCID 0000-0002-1825-0097, https://orcid.org/0000-0002-1825-0097, S0140-6736(19)30123-4",
    "AIC n. 012345678, A.I.C. 034448019, P.IVA 00743110157",
    "34009 300 123 4 5, CIP : 3400930012345, UCD 9261234",
    "N.º de registro: 61.234, C.N. 654321.7",
    "NDC 12345-678-90, PL 12345/0123, PZN 12345678",
    "Lot: 12345678Z",
    "Lote n.º X1234567L",
    "LOT 20190101G",
    "Batch 12345678Z EXP 12/2025",
    "20190107N",
    "943 476 5919 people",
    "1 000 345 678 8",
    "123-45-6789 is a catalogue code",
    "Ref. 123-45-6789",
    "10003456786 reads",
    "AB123456C",
    "take 50-100 mg, 250-500-1000 mg, 1.000.000 UI, 10 000 000 UI/ml",
    "120/80 mmHg, 95% CI 0.81-1.23, 4.5 x 10^9/L, 12.5 13.2 14.1 9.8 10.7",
    "36 48 72 96 120 144 168",
    "08 00 12 00 16 00 20 00",
    "section 4.1.2.3, rubrique 4.10.12.2, version 10.121.184.244, v 192.168.1.1",
    "EC 3.4.21.105, OID 2.16.840.1.113883.6.96, 1.3.6.1.4.1.311",
    "HLA-A*02:01:01:01 BCR::ABL1 12:30:45 1:2:4:8:16:32:64:128",
    "00:1A:2B:3C:4D:5E std::vector",
    "@EMA_News, 50 mg@8h, icon@2x.png, user@localhost",
    "https://www.ema.europa.eu/en?search=12345&session=plenary&key=figures",
    "https://a.org/article?articlekey=12345678",
    "EU birth date: 12 March 1998. International birth date 01/02/1998.",
    "date de naissance internationale : 12/03/1998",
    "Children born before 1 January 2010, women born between 1 March 1950 and 2 April 1960",
    "Les enfants nés à partir du 1er janvier 2018",
    "bambini nati dopo il 1 gennaio 2010",
    "nacidos después del 1 de enero de 2010",
    "Ne pas dépasser le 12/03/2020",
    "a 64-year-old woman born in 1950",
    "born on day 12",
    "né en 1950",
    "IPP 40 mg pendant 8 semaines",
    "IPP 2019",
    "patient number 1200 patients",
    "The hospital, no. 1200 beds",
    "dossier 2019",
    "cartella clinica 2019-2020",
    "MRN 12",
    "record 12/03/2019",
    "sample 4111111111111112, 12345678A, GB82WEST12345698765433",
    "chr7:117559590-117559593 rs12345678",
    "de 34009 510 622 8 8 une fois",
    "spectroscopie NIR, EAN 3400930673707",
    "Tel. sales rose 12 345 678 in 2019",
]


@pytest.mark.parametrize("text", NEGATIVE)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
    assert found(f"{text}\n") == []


def test_kinds_whose_digits_prove_little_need_their_words() -> None:
    assert found("N.H.S. Number 9434765919") and found("NHS 9434765919") and not found("NIH 9434765919")
    assert found("RPPS 10003456786") and not found("ADELI 10003456786")
    assert found("SSN 123-45-6789") and not found("item 123-45-6789")
    assert not found("NHS England.\n9434765919")  # another line, another thing


def test_of_overlapping_finds_the_kind_that_proves_more_stays() -> None:
    assert found("NHC: 12345678Z") == [("es_dni", "12345678Z")]
    assert found("https://u:pass1234@host.org/") == [("url_token", "u:pass1234")]
    assert disjoint({(0, 9, "phone"), (5, 12, "iban"), (12, 14, "email")}) == [(5, 12, "iban"), (12, 14, "email")]
    assert disjoint({(0, 9, "phone"), (8, 20, "phone"), (19, 22, "phone")}) == [(8, 20, "phone")]


SPANS = st.tuples(st.integers(0, 40), st.integers(1, 12), st.sampled_from(KINDS)).map(
    lambda s: (s[0], s[0] + s[1], s[2])
)


@given(st.sets(SPANS, max_size=12))
def test_chosen_spans_are_disjoint_and_every_other_overlaps_one_of_them(spans: set) -> None:
    chosen = disjoint(spans)
    assert all(one[1] <= two[0] for one, two in pairwise(chosen))
    for start, end, _ in spans - set(chosen):
        assert any(start < other[1] and other[0] < end for other in chosen)


def test_a_number_ends_where_its_own_digits_end() -> None:
    assert found("+33 1 42 68 53 00 12 rue X") == [("phone", "+33 1 42 68 53 00")]
    assert found("IBAN GB82 WEST 1234 5698 7654 32 BIC NWBKGB2L") == [("iban", "GB82 WEST 1234 5698 7654 32")]
    assert found("27/06/1936 4111 1111 1111 1111") == [("card", "4111 1111 1111 1111")]


@pytest.mark.parametrize(
    "words", ["Corresponding author:", "Auteur correspondant :", "Autore corrispondente:", "Autor de correspondencia:"]
)
def test_published_contacts_of_authors_are_a_kind_of_their_own(words: str) -> None:
    assert found(f"{words} a.b@uni.edu, tel. +33 1 42 68 53 00") == [
        ("author_email", "a.b@uni.edu"),
        ("author_phone", "+33 1 42 68 53 00"),
    ]
    assert found(f"{words} A. B.\n\nContact us: a.b@uni.edu") == [("email", "a.b@uni.edu")]


def test_affiliations_publish_contacts_in_articles_only() -> None:
    text = "Department of Surgery, University of Oslo. a.b@uni.no"
    assert found(text, source="pubmed") == [("author_email", "a.b@uni.no")]
    assert found(text, source="forum") == [("email", "a.b@uni.no")]


def test_the_source_column_may_be_missing() -> None:
    assert run("a.b@uni.no")[0]["email"] == 1


def test_several_identifiers_of_one_text_are_counted_and_ascend() -> None:
    text = "é DNI 12345678Z, X1234567L; a@b.it c@d.it\n| NHS | 943 476 5919 |"
    assert [kind for kind, _ in found(text)] == ["es_dni", "es_nie", "email", "email", "uk_nhs"]


HOSTILE = [
    "",
    " ",
    "word",
    "1",
    "@",
    "://",
    ":",
    "::",
    "\x00\x01\x02\x7f",
    "\u202eمرحبا 123 עולם\u202c",
    "🙂🙃👩‍⚕️🏥",
    "é" * 50,
    "\u00a0\u202f",
    "+",
    "tel",
    "née le",
    "MRN:",
    "IBAN",
    "a@",
    "@b.c",
    "http://",
    "\n\n\n",
    "\ufeff",
    "١٢٣٤٥٦٧٨",
    "１２３４５６７８Ｚ",
    "https://x/?token=",
]


def test_hostile_documents_score_zero_and_keep_their_place() -> None:
    rows = run(*HOSTILE, "DNI 12345678Z", *HOSTILE)
    assert [row["doc_id"] for row in rows] == [str(place) for place in range(len(rows))]
    assert [place for place, row in enumerate(rows) if row["identifiers"]] == [len(HOSTILE)]
    assert run() == []


@pytest.mark.parametrize(
    "piece", ["1", "12 ", "a@a.b ", "x", "é", "::1", "4111 ", "née le ", "+33 ", "http://a?token=", "\n"]
)
def test_ten_megabytes_of_one_thing_are_no_error(piece: str) -> None:
    limit = 10 << 20 if len(piece) < 4 and piece[0] in "1xé\n" else 1 << 16  # dense in marks: every one is looked at
    text = piece * (limit // len(piece.encode()))
    before, after = "MRN: 123456\n\n", "\n\na.rossi@osp.it"
    (row,) = run(before + text + after)
    spans = [(span["start"], span["end"]) for span in row["spans"]]
    size = len((before + text + after).encode())
    assert spans[0] == (5, 11) and spans[-1] == (size - 14, size)


IDENTIFIERS = st.sampled_from([one for _, where, own in POSITIVE for one in (where.format(own[0]), *own)])
TEXTS = st.lists(
    st.one_of(st.text(max_size=20), IDENTIFIERS, st.sampled_from([" ", "\n", "\u00a0", "🙂", "é"])), max_size=8
).map("".join)


@given(st.lists(TEXTS, max_size=4))
def test_spans_are_whole_characters_ascending_disjoint_and_of_their_own_document(texts: list[str]) -> None:
    rows = run(*texts)
    for row, text in zip(rows, texts, strict=True):
        at = 0
        for span in row["spans"]:
            assert at <= span["start"] < span["end"] <= len(text.encode())
            text.encode()[span["start"] : span["end"]].decode()
            at = span["end"]
        (alone,) = run(text)
        assert dict(alone, doc_id="") == dict(row, doc_id="")


@given(TEXTS, TEXTS)
def test_what_stands_paragraphs_away_changes_nothing(text: str, other: str) -> None:
    (alone,) = run(text)
    (both,) = run(text + "\n\n" + "Il paziente riferisce benessere. " * 20 + "\n\n" + other)
    assert both["spans"][: len(alone["spans"])] == alone["spans"]


def test_a_batch_that_is_a_slice_gives_the_slices_spans() -> None:
    texts = [f"é {'x' * place} DNI 12345678Z" for place in range(6)]
    table = pa.table({"doc_id": [str(place) for place in range(6)], "text": pa.array(texts, pa.string())})
    whole = Privacy().run(table)["scores"]
    assert Privacy().run(table.slice(2, 3))["scores"].to_pylist() == whole.slice(2, 3).to_pylist()
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert Privacy().run(chunked)["scores"].to_pylist() == whole.to_pylist()


def test_the_words_of_context_are_written_as_texts_are_compared() -> None:
    for by_language in ANNOUNCED.values():
        for phrases in by_language.values():
            assert all(plain(phrase) == f" {phrase} " for phrase in phrases)
    assert plain("N° de Sécurité sociale, l’assuré(e)") == " n de securite sociale l assure e "
    assert plain(unicodedata.normalize("NFD", "née")) == " nee "


def test_parameters_shape_the_key() -> None:
    assert parameters(Privacy(article_sources=("pmc",)))["article_sources"] == ["pmc"]
    assert dataclasses.is_dataclass(Privacy) and Privacy.libraries == ("phonenumbers",)
