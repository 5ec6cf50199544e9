"""The language step: the four languages against their neighbours, mixed documents, odd documents, and the key."""

import dataclasses
from pathlib import Path

import pyarrow as pa
import pytest

from filters.glance import language_at_a_glance
from filters.language.evidence import digest
from filters.language.step import SCHEMA, UNDETERMINED, Language, language_filter
from shards.errors import CorruptionError, InputError
from shards.schema import check
from shards.step import key

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MODEL = DATA / "models" / "lid.176.ftz"
MINIMUM = 0.6  # the recipes' default
FOUR = ("en", "fr", "it", "es")
needs_model = pytest.mark.skipif(not MODEL.is_file(), reason="../shared/data/models/lid.176.ftz is not here")
needs_data = pytest.mark.skipif(
    not ((DATA / "lid" / "ntrex").is_dir() and MODEL.is_file()), reason="../shared/data/lid is not here"
)

# One sentence each, as a patient's leaflet or a newspaper has them.
SENTENCES = {
    "en": "Tell your doctor if you have ever had an allergic reaction to this medicine.",
    "fr": "Prévenez votre médecin si vous avez déjà eu une réaction allergique à ce médicament.",
    "it": "Informi il medico se ha già avuto una reazione allergica a questo medicinale.",
    "es": "Informe a su médico si alguna vez ha tenido una reacción alérgica a este medicamento.",
    "pt": "Informe o seu médico se já alguma vez teve uma reação alérgica a este medicamento.",
    "gl": "Informe o seu médico se algunha vez tivo unha reacción alérxica a este medicamento.",
    "ca": "Informi el seu metge si mai ha tingut una reacció al·lèrgica a aquest medicament.",
    "oc": "Parlatz amb lo mètge se avètz ja agut una reaccion allergica a aqueste medicament.",
    "ro": "Spuneți medicului dumneavoastră dacă ați avut vreodată o reacție alergică la acest medicament.",
    "ast": "Diga-y al so médicu si dalguna vegada tuvo una reacción alérxica a esti medicamentu.",
    "co": "Dite à u vostru duttore s'è vo avete avutu una reazzione allergica à stu medicamentu.",
    "lad": "Dizid al mediko si en una ora uvo una reaksion kontra esta melezina i kualo eran los sinyales.",
    "scn": "Chiddu ca dissi lu dutturi è ca nun s'havi a pigghiari sta midicina senza manciari.",
    "fur": "Ognidun al à dirit ae salût, al lavôr e a une vite degne, cence nissune diference.",
    "vec": "El dotor el ga dito che 'sta medesina no la xe bona par tuti i fioi, anca se la costa poco.",
}
OTHERS = {
    "de": "Informieren Sie Ihren Arzt, wenn Sie jemals allergisch auf dieses Arzneimittel reagiert haben.",
    "nl": "Vertel het uw arts als u ooit een allergische reactie op dit geneesmiddel heeft gehad.",
    "sv": "Tala om för läkaren om du någon gång har fått en allergisk reaktion av detta läkemedel.",
    "pl": "Należy powiedzieć lekarzowi, jeśli kiedykolwiek wystąpiła reakcja alergiczna na ten lek.",
    "cs": "Informujte svého lékaře, pokud jste někdy měl alergickou reakci na tento léčivý přípravek.",
    "hu": "Tájékoztassa kezelőorvosát, ha valaha allergiás reakciója volt erre a gyógyszerre.",
    "fi": "Kerro lääkärillesi, jos olet joskus saanut allergisen reaktion tästä lääkkeestä.",
    "tr": "Bu ilaca karşı daha önce alerjik bir reaksiyon geçirdiyseniz doktorunuza söyleyiniz.",
    "el": "Ενημερώστε τον γιατρό σας εάν είχατε ποτέ αλλεργική αντίδραση σε αυτό το φάρμακο.",
    "ru": "Сообщите врачу, если у вас когда-либо была аллергическая реакция на это лекарство.",
    "he": "ספר לרופא אם אי פעם הייתה לך תגובה אלרגית לתרופה זו.",
    "ar": "أخبر طبيبك إذا سبق لك أن أصبت برد فعل تحسسي تجاه هذا الدواء.",
    "zh": "如果您曾经对这种药物有过敏反应，请告诉您的医生。",
    "id": "Beri tahu dokter Anda jika Anda pernah mengalami reaksi alergi terhadap obat ini.",
    "vi": "Hãy nói với bác sĩ nếu bạn từng bị dị ứng với thuốc này.",
}


def table(texts: list[str]) -> pa.Table:
    return pa.table({"doc_id": [str(row) for row in range(len(texts))], "text": pa.array(texts, pa.string())})


def run(texts: list[str]) -> list[dict]:
    scores = language_filter(str(MODEL)).run(table(texts))["scores"]
    return check(scores, SCHEMA, "language").to_pylist()


@needs_model
@pytest.mark.parametrize("language", SENTENCES)
def test_one_sentence_is_told_from_those_of_the_neighbours(language):
    (row,) = run([SENTENCES[language]])
    assert row["language"] == language
    assert row["confidence"] >= MINIMUM


@needs_model
@pytest.mark.parametrize("language", OTHERS)
def test_languages_without_a_list_are_left_to_fasttext(language):
    (row,) = run([OTHERS[language]])
    assert row["language"] == language
    assert row["confidence"] >= MINIMUM


@needs_model
@pytest.mark.parametrize(
    "text", ["", "  \n", "12 34 — 56 %", "😀🎉👩‍⚕️" * 50, "\x00\x01\x07", "=" * 5000, "https://example.org/the"],
    ids=["empty", "blank", "numbers", "emoji", "control", "rule", "address"],
)  # fmt: skip
def test_a_document_without_letters_has_no_language(text):
    (row,) = run([text])
    assert (row["language"], row["confidence"], row["share"]) == (UNDETERMINED, 0, 0)
    assert (row["mixed"], row["other"]) == (0, UNDETERMINED)


@needs_model
def test_odd_documents_are_read_in_order_and_without_error():
    spanish = SENTENCES["es"]
    texts = ["hola", f"\x00{spanish}\x07", "\u202e" + OTHERS["he"] * 3, "ñ" * 100_000, spanish * 130_000, "a\n" * 9]
    assert len(texts[4]) > 10_000_000
    rows = run(texts)
    assert [row["doc_id"] for row in rows] == [str(at) for at in range(len(texts))]
    assert [rows[at]["language"] for at in (1, 2, 4)] == ["es", "he", "es"]


@needs_model
def test_an_empty_table_gives_an_empty_sidecar():
    assert run([]) == []


@needs_model
def test_rows_do_not_depend_on_their_neighbours():
    texts = ["El paciente refiere dolor abdominal.", "", "Il paziente riferisce dolore addominale." * 90] * 700
    rows = [row | {"doc_id": ""} for row in run(texts)]  # more texts than are judged at a time
    alone = [run([text])[0] | {"doc_id": ""} for text in texts[:3]]
    assert rows == alone * 700


@needs_model
def test_capitals_do_not_hide_the_language():
    (row,) = run([SENTENCES["fr"].upper() * 3])
    assert row["language"] == "fr" and row["confidence"] > 0.9


@needs_model
def test_a_second_language_is_named_with_its_share_of_the_text():
    french, english = SENTENCES["fr"] + "\n", SENTENCES["en"] + "\n"
    alone, head, half = run([french * 20, english * 10 + french * 50, english * 31 + french * 30])
    assert (alone["share"], alone["mixed"], alone["other"]) == (1, 0, UNDETERMINED)
    assert head["language"] == "fr" and head["other"] == "en" and head["mixed"] == pytest.approx(0.15, abs=0.06)
    assert {half["language"], half["other"]} == {"en", "fr"} and half["mixed"] == pytest.approx(0.5, abs=0.06)


@needs_model
def test_a_glance_agrees_with_the_step():
    step = language_filter(str(MODEL))
    for language, text in SENTENCES.items():
        assert language_at_a_glance(text, step.model_path, step.model_sha256)[0] == language
    assert language_at_a_glance("12 %", step.model_path, step.model_sha256) == (UNDETERMINED, 0.0)


@needs_model
def test_the_digests_shape_the_key_and_the_models_place_does_not():
    step = language_filter(str(MODEL))
    assert key(step, {}) == key(dataclasses.replace(step, model_path="elsewhere"), {})
    assert key(step, {}) != key(dataclasses.replace(step, model_sha256="0" * 64), {})
    with pytest.raises(CorruptionError, match="digest"):
        dataclasses.replace(step, model_sha256="0" * 64).run(table(["text"]))


def test_parameters_that_make_no_sense_are_refused():
    with pytest.raises(InputError, match="windows"):
        Language(model_sha256="", lexicon_sha256=digest(), windows=0)
    with pytest.raises(InputError, match="made for word lists 000000000000"):
        Language(model_sha256="", lexicon_sha256="0" * 64)
    with pytest.raises(InputError, match="model_path"):
        Language(model_sha256="", lexicon_sha256=digest()).run(table(["text"]))


@needs_data
def test_documents_of_25_languages_are_told_apart():
    from bench.tools.lid_texts import documents

    samples = [sample for sample in documents() if sample.half == 1]
    rows = run([sample.text for sample in samples])
    found = [row["language"] if row["confidence"] >= MINIMUM else "" for row in rows]
    for language in FOUR:
        right = sum(name == sample.language == language for name, sample in zip(found, samples, strict=True))
        assert right / found.count(language) >= 0.995, language  # measured: 1.000
        assert right / sum(sample.language == language for sample in samples) >= 0.99, language  # measured: 1.000


@needs_data
@pytest.mark.parametrize(("language", "least"), [("gl", 0.94), ("ca", 0.985), ("pt", 0.99), ("ro", 0.99), ("es", 0.99)])
def test_single_lines_of_near_languages_are_named(language, least):
    from bench.tools.lid_texts import lines

    texts = [sample.text for sample in lines() if sample.half == 1 and sample.language == language]
    named = sum(row["language"] == language for row in run(texts))
    assert named / len(texts) >= least  # fastText alone: gl 0.729, ca 0.961
