"""Masks: typed placeholders, only the kinds asked for, and nothing else of a document or a table changes."""

import pyarrow as pa
import pytest
from document_rows import documents
from hypothesis import given
from hypothesis import strategies as st

from filters.privacy import KINDS, PLACEHOLDERS, Privacy, mask, mask_quotations, mask_table
from shards import schema
from shards.errors import InputError

LETTER = (
    "Señora Ruiz, nacida el 3 de mayo de 1955, DNI 12345678Z, NHC: 1234567.\n"
    "Tél. 01 42 68 53 00, a.b@uni.edu 🙂 https://a.org/x?token=Zx81kfQ02mPq&b=2"
)


def spans_of(text: str) -> list[tuple[int, int, str]]:
    (row,) = Privacy().run(documents([text]))["scores"].to_pylist()
    return [(span["start"], span["end"], span["kind"]) for span in row["spans"]]


def test_each_identifier_gives_way_to_the_placeholder_of_its_kind() -> None:
    assert mask(LETTER, spans_of(LETTER)) == (
        "Señora Ruiz, nacida el {BIRTH_DATE}, DNI {ES_DNI}, NHC: {RECORD_NUMBER}.\n"
        "Tél. {PHONE}, {EMAIL} 🙂 https://a.org/x?token={URL_TOKEN}&b=2"
    )


def test_placeholders_are_no_markdown_and_no_html_and_no_identifiers() -> None:
    assert set(PLACEHOLDERS) == set(KINDS)
    for placeholder in PLACEHOLDERS.values():
        assert not set(placeholder) & set("[]()<>*`|#\\") and placeholder.isascii()
    masked = mask(LETTER, spans_of(LETTER))
    assert spans_of(masked) == []
    link = "[a.b@uni.edu](mailto:a.b@uni.edu)"
    assert mask(link, spans_of(link)) == "[{EMAIL}](mailto:{EMAIL})"


def test_own_placeholders_may_be_given() -> None:
    assert mask("à a@b.it", [(3, 9, "email")], {"email": "<e>"}) == "à <e>"


@pytest.mark.parametrize(
    "spans",
    [[(5, 3, "email")], [(0, 3, "email"), (2, 4, "email")], [(0, 99, "email")], [(1, 4, "email")], [(2, 2, "ip")]],
)
def test_spans_of_another_text_are_refused(spans: list) -> None:
    with pytest.raises(InputError):
        mask("éé a@b.it", spans)


@given(st.text(max_size=60), st.data())
def test_what_is_not_masked_stays_as_it_is(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    size = [len(text[:cut].encode()) for cut in range(len(text) + 1)]
    masked = mask(text, [(size[start], size[end], "phone") for start, end in pairs])
    expected, at = "", 0
    for start, end in pairs:
        expected += text[at:start] + "{PHONE}"
        at = end
    assert masked == expected + text[at:]


def test_a_table_changes_in_the_rows_and_columns_that_must() -> None:
    table = documents(["no identifier  here\n", LETTER, "", "a@b.it and MRN: 123456"])
    scores = Privacy().run(table)["scores"]
    masked = schema.check(mask_table(table, scores, {"email", "es_dni"}), schema.DOCUMENT, "masked")
    assert masked.schema.equals(table.schema, check_metadata=True)
    before, after = table.to_pylist(), masked.to_pylist()
    assert after[0] == before[0] and after[2] == before[2]
    for row in (1, 3):
        text = after[row]["text"]
        assert after[row] == before[row] | {
            "text": text, "words": len(text.split()), "chars": len(text), "content_hash": schema.content_hash(text),
        }  # fmt: skip
    assert after[3]["text"] == "{EMAIL} and MRN: 123456"  # record numbers were not asked for
    assert "DNI {ES_DNI}" in after[1]["text"] and "01 42 68 53 00" in after[1]["text"]


def test_a_table_without_the_kinds_asked_for_is_the_same_table() -> None:
    table = documents([LETTER, "word"])
    scores = Privacy().run(table)["scores"]
    assert mask_table(table, scores, {"iban"}) is table
    assert mask_table(table, scores, ()) is table
    assert mask_table(documents([]), scores.slice(0, 0), KINDS).num_rows == 0


def test_a_chunked_table_is_masked_like_a_whole_one() -> None:
    table = documents([LETTER, "word", "a@b.it"])
    scores = Privacy().run(table)["scores"]
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert mask_table(chunked, scores, KINDS).to_pylist() == mask_table(table, scores, KINDS).to_pylist()


def test_unknown_kinds_and_scores_of_other_documents_are_refused() -> None:
    table = documents([LETTER, "word"])
    scores = Privacy().run(table)["scores"]
    with pytest.raises(InputError, match="emails"):
        mask_table(table, scores, {"emails"})
    with pytest.raises(InputError, match="same documents"):
        mask_table(table.slice(1), scores.slice(0, 1), {"email"})


def test_author_contacts_can_be_kept_while_others_are_masked() -> None:
    text = "Correspondence to: a.b@uni.edu\n\nNotre patient : c.d@mail.fr"
    table = documents([text])
    masked = mask_table(table, Privacy().run(table)["scores"], set(KINDS) - {"author_email", "author_phone"})
    assert masked["text"].to_pylist() == ["Correspondence to: a.b@uni.edu\n\nNotre patient : {EMAIL}"]


def test_quotations_are_masked_like_texts() -> None:
    quoted = ["Contact us: info@clinic.example or call +39 06 4782 1234", "Home | Search", ""]
    assert mask_quotations(quoted, KINDS) == ["Contact us: {EMAIL} or call {PHONE}", "Home | Search", ""]
    assert mask_quotations(quoted, ("phone",))[0] == "Contact us: info@clinic.example or call {PHONE}"
