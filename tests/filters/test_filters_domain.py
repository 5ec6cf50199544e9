"""The medical score: leaflets, trials and patient information against everyday pages, and real corpora."""

import pyarrow as pa
import pytest

from bench.tools import domain_corpora as corpora
from filters.domain import terms
from filters.domain.step import SCHEMA, THRESHOLD, Domain, domain_filter
from shards.errors import InputError
from shards.schema import check

needs_data = pytest.mark.skipif(not (corpora.DATA / "text-medical").is_dir(), reason="../shared/data is not here")

MEDICAL = {
    "en": "Take one 500 mg tablet twice a day with food. Stop treatment and tell your doctor if you get a rash,"
    " fever or swelling of the throat. Common side effects are nausea, headache and diarrhoea. Do not use"
    " it in pregnancy.",
    "fr": "Prendre un comprimé de 500 mg deux fois par jour. Arrêtez le traitement et prévenez votre médecin en"
    " cas de fièvre, d'éruption ou de gonflement de la gorge. Effets indésirables fréquents : nausées, "
    "céphalées, diarrhée.",
    "it": "Studio clinico randomizzato in doppio cieco: 120 pazienti con insufficienza cardiaca hanno ricevuto "
    "ramipril o placebo. L'esito primario era la mortalità a dodici mesi; gli eventi avversi più comuni "
    "sono stati ipotensione e tosse.",
    "es": "Información para el paciente: tras la cirugía puede notar dolor y fiebre. Tome el analgésico cada "
    "ocho horas, lave la herida a diario y acuda a urgencias si aparece sangrado, pus o dificultad para "
    "respirar.",
}
EVERYDAY = {
    "en": "The second-hand laptop comes with a fast processor, sixteen gigabytes of memory and a new battery. "
    "We check the screen for viruses and faults, wipe the disk, and give a year's guarantee on every "
    "computer we sell in the shop.",
    "fr": "Pour le gratin, faites revenir les oignons dans le beurre, ajoutez le foie de volaille et la crème, "
    "puis laissez cuire quarante minutes au four. Servez avec une salade et un verre de vin blanc de la "
    "région, en famille.",
    "it": "Il centravanti ha segnato al novantesimo dopo un lancio dalla difesa, e la squadra torna in testa al"
    " campionato. Il tecnico ha lodato il cuore dei suoi ragazzi, mentre i tifosi hanno cantato fino a "
    "notte in piazza.",
    "es": "El seguro de coche cubre los daños a terceros, la asistencia en carretera y la reparación de la "
    "luna. Si sufre un accidente, llame al número de la póliza; la franquicia depende de la edad del "
    "conductor y del riesgo.",
}


def run(texts: list[str]) -> list[dict]:
    table = pa.table({"doc_id": [str(row) for row in range(len(texts))], "text": pa.array(texts, pa.string())})
    return check(domain_filter().run(table)["scores"], SCHEMA, "domain").to_pylist()


def test_medical_pages_pass_under_the_lexicon_of_their_language():
    for language, row in zip(MEDICAL, run(list(MEDICAL.values())), strict=True):
        assert row["score"] > THRESHOLD and row["lexicon"] == language, row
        assert row["terms"] >= 5


def test_football_cooking_insurance_and_computers_do_not_pass():
    for language, row in zip(EVERYDAY, run(list(EVERYDAY.values())), strict=True):
        assert row["score"] < THRESHOLD / 2, (language, row)


def test_a_repeated_term_counts_once_as_a_type_and_always_in_the_density():
    once, often = run(["pneumonia and nothing else", "pneumonia and nothing else. Pneumonia, PNEUMONIA!"])
    assert once["terms"] == often["terms"] == 1
    assert once["weighted"] == often["weighted"] == 1
    assert (once["density"], often["density"]) == (0.25, 0.5)


def test_a_phrase_counts_only_inside_one_document_and_with_its_words_together():
    whole, split, left, right = run(["half life", "half a life", "half", "life"])
    assert whole["terms"] == 1 and whole["density"] == pytest.approx(0.7)
    assert split["terms"] == left["terms"] == right["terms"] == 0


def test_empty_documents_and_tables_score_near_zero():
    assert run([]) == []
    for row in run(["", "12 345", "  "]):
        assert (row["terms"], row["density"]) == (0, 0) and row["score"] < 0.01


def test_rows_do_not_depend_on_their_neighbours():
    texts = list(MEDICAL.values()) + list(EVERYDAY.values()) + [""]
    alone = [run([text])[0] for text in texts]
    assert [row | {"doc_id": ""} for row in run(texts)] == [row | {"doc_id": ""} for row in alone]


def test_the_lexicons_digest_is_a_parameter_and_must_be_the_installed_one():
    assert domain_filter().lexicon_sha256 == terms.digest()
    with pytest.raises(InputError, match="domain_filter"):
        Domain(lexicon_sha256="0" * 64)


@needs_data
@pytest.mark.parametrize("language", ["en", "fr", "it", "es"])
def test_held_out_case_reports_and_leaflets_are_told_from_news_and_encyclopedia(language):
    texts = [text for text in corpora.documents(language) if text.split == "test"]
    scores = [row["score"] for row in run([text.text for text in texts])]
    passing = [text.medical for text, score in zip(texts, scores, strict=True) if score >= 0.98]
    # Measured: recall en 0.948, fr 0.983, it 0.992, es 0.980; nothing else passes.
    assert sum(passing) / sum(text.medical for text in texts) >= 0.93
    assert sum(passing) / len(passing) >= 0.98
