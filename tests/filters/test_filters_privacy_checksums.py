"""Check digits of identifiers against public examples and against what their mathematics promises."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.privacy import checksums
from filters.privacy.iban_lengths import IBAN_LENGTHS

PUBLIC = [
    # SWIFT IBAN registry, Wikipedia
    ("iban", "GB82WEST12345698765432"), ("iban", "DE89370400440532013000"), ("iban", "FR1420041010050500013M02606"),
    ("iban", "ES9121000418450200051332"), ("iban", "IT60X0542811101000000123456"), ("iban", "NO9386011117947"),
    ("iban", "MT84MALT011000012345MTLCAST001S"), ("iban", "CH9300762011623852957"), ("iban", "BE68539007547034"),
    # the networks' test numbers
    ("card", "4111111111111111"), ("card", "5555555555554444"), ("card", "378282246310005"),
    ("card", "6011111111111117"), ("card", "30569309025904"), ("card", "3530111333300000"),
    # Ministerio del Interior
    ("es_dni", "12345678Z"), ("es_dni", "00000000T"), ("es_nie", "X1234567L"), ("es_nie", "Y1234567X"),
    ("es_nss", "281234567840"),
    # Agenzia delle Entrate, Wikipedia
    ("it_cf", "MRTMTT25D09F205Z"), ("it_cf", "RSSMRA85T10A562S"),
    # INSEE, Wikipedia
    ("fr_nir", "255081416802538"), ("fr_nir", "269054958815780"),
    # NHS Data Dictionary
    ("uk_nhs", "9434765919"), ("uk_nhs", "4010232137"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), PUBLIC)
def test_public_examples_are_valid(kind: str, text: str) -> None:
    assert getattr(checksums, kind)(text)


@pytest.mark.parametrize(("kind", "text"), PUBLIC)
def test_any_changed_digit_is_detected(kind: str, text: str) -> None:
    valid = getattr(checksums, kind)
    for place, char in enumerate(text):
        if char.isdigit():
            for other in set(string.digits) - {char}:
                assert not valid(text[:place] + other + text[place + 1 :]), (text, place, other)


@pytest.mark.parametrize("kind", ["iban", "card", "es_dni", "es_nie", "es_nss", "it_cf", "fr_nir", "fr_rpps", "uk_nhs"])
@given(text=st.one_of(st.text(max_size=40), st.text("0123456789XYZABL", max_size=30)))
def test_other_texts_are_refused_without_error(kind: str, text: str) -> None:
    assert getattr(checksums, kind)(text) in (True, False)
    assert not getattr(checksums, kind)(text + " ")


@given(st.text(string.digits, min_size=1, max_size=30))
def test_luhn_has_one_check_digit_and_finds_any_changed_digit(body: str) -> None:
    valid = [body + digit for digit in string.digits if checksums.luhn(body + digit)]
    assert len(valid) == 1
    for place, char in enumerate(valid[0]):
        changed = valid[0][:place] + str((int(char) + 1) % 10) + valid[0][place + 1 :]
        assert not checksums.luhn(changed)


def test_luhn_takes_the_textbook_number() -> None:
    assert checksums.luhn("79927398713") and not checksums.luhn("79927398710")
    assert not checksums.luhn("") and not checksums.luhn("７９") and not checksums.luhn("12a")


@given(st.sampled_from(sorted(IBAN_LENGTHS)), st.text(string.digits + string.ascii_uppercase, min_size=30, max_size=30))
def test_an_iban_has_one_pair_of_check_digits_and_its_countrys_length(country: str, account: str) -> None:
    account = account[: IBAN_LENGTHS[country] - 4]
    pairs = [f"{pair:02d}" for pair in range(2, 99) if checksums.iban(f"{country}{pair:02d}{account}")]
    assert len(pairs) == 1
    assert not checksums.iban(f"{country}{pairs[0]}{account}0")


@given(st.integers(10_000_000, 99_999_999), st.integers(1, 53))
def test_a_spanish_security_number_has_one_pair_of_check_digits(number: int, province: int) -> None:
    valid = [pair for pair in range(100) if checksums.es_nss(f"{province:02d}{number}{pair:02d}")]
    assert valid == [(province * 100_000_000 + number) % 97]


def test_a_spanish_security_number_below_ten_million_drops_its_zero() -> None:
    assert checksums.es_nss(f"2800123456{(28 * 10_000_000 + 123456) % 97:02d}")


@given(st.integers(0, 99_999_999))
def test_a_dni_has_one_letter(number: int) -> None:
    assert sum(checksums.es_dni(f"{number:08d}{letter}") for letter in string.ascii_uppercase) == 1


@given(st.integers(100_000_000, 999_999_999))
def test_an_nhs_number_has_one_check_digit_or_none(body: int) -> None:
    assert sum(checksums.uk_nhs(f"{body}{digit}") for digit in range(10)) <= 1


@pytest.mark.parametrize(("department", "digits"), [("2A", "19"), ("2B", "18")])
def test_corsicas_departments_count_as_19_and_18(department: str, digits: str) -> None:
    key = 97 - int(f"18505{digits}004123") % 97
    assert checksums.fr_nir(f"18505{department}004123{key:02d}")
    assert not checksums.fr_nir(f"18505{department}004123{key % 97 + 1:02d}")


def test_an_rpps_number_starts_with_ten_and_passes_luhn() -> None:
    valid = [f"1000345678{digit}" for digit in range(10) if checksums.fr_rpps(f"1000345678{digit}")]
    assert len(valid) == 1 and checksums.luhn(valid[0])
    assert not checksums.fr_rpps("79927398713")


@pytest.mark.parametrize("changed", ["MRTMTT25D09F20RV", "MRTMTT25D09F2LRP", "MRTMTT2RDLVFNLR"])
def test_omocodia_changes_the_check_character(changed: str) -> None:
    valid = [letter for letter in string.ascii_uppercase if checksums.it_cf(changed[:15] + letter)]
    assert len(valid) == 1


@pytest.mark.parametrize(
    "text",
    [
        "MRTMTT25D32F205A",  # no 32nd
        "MRTMTT25D72F205A",
        "MRTMTT25B30F205A",  # no 30 February
        "MATRTT25D09F205A",  # a vowel before a consonant of the surname
        "MRTMTTLRDLVFNLRA",  # no digit left
        "MRTMTT25F09F205A",  # no month F
    ],
)
def test_a_codice_fiscale_names_a_day_and_a_name_that_can_be(text: str) -> None:
    assert not any(checksums.it_cf(text[:15] + letter) for letter in string.ascii_uppercase)


@pytest.mark.parametrize("text", ["000123456", "666123456", "900123456", "123006789", "123450000", "12345678"])
def test_areas_groups_and_serials_of_no_ssn(text: str) -> None:
    assert not checksums.us_ssn(text) and checksums.us_ssn("123456789")


@pytest.mark.parametrize("text", ["BG123456A", "QQ123456C", "AB123456E", "AO123456A", "AB12345C"])
def test_prefixes_and_suffixes_of_no_national_insurance_number(text: str) -> None:
    assert not checksums.uk_nino(text) and checksums.uk_nino("AB123456C")
