"""Splitting mixed documents: nothing is lost, real mixtures are cut where they change, one language stays one part."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.language.parts import best_path, language_parts, speaks, without_short_runs
from filters.language.step import language_filter, load_model

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MODEL = DATA / "models" / "lid.176.ftz"
NTREX = DATA / "lid" / "ntrex"
E3C = DATA / "text-medical" / "e3c_layer3"
pytestmark = pytest.mark.skipif(not MODEL.is_file(), reason="../shared/data/models/lid.176.ftz is not here")
needs_ntrex = pytest.mark.skipif(not NTREX.is_dir(), reason="../shared/data/lid is not here")
needs_e3c = pytest.mark.skipif(not E3C.is_dir(), reason="../shared/data/text-medical is not here")
FILES = {"en": "src.eng", "fr": "ref.fra", "it": "ref.ita", "es": "ref.spa", "pt": "ref.por", "ca": "ref.cat"}

FRENCH = (
    "Introduction : l'insuffisance cardiaque est une cause fréquente d'hospitalisation chez les patients âgés, et son "
    "traitement reste difficile malgré les progrès des dernières années.\n"
    "Méthodes : nous avons étudié de façon rétrospective les dossiers de tous les malades admis dans notre service "
    "pendant deux ans, puis comparé ceux qui avaient reçu un diurétique aux autres.\n"
)
ENGLISH = (
    "Introduction: heart failure is a common cause of admission to hospital in older patients, and its treatment is "
    "still difficult in spite of the progress that has been made in recent years.\n"
    "Methods: we looked at the records of all patients who were admitted to our department over two years, and then "
    "compared those who had been given a diuretic with the others.\n"
)
SPANISH = (
    "Introducción: la insuficiencia cardíaca es una causa frecuente de ingreso en los pacientes mayores, y su "
    "tratamiento sigue siendo difícil a pesar de los avances de los últimos años.\n"
    "Métodos: hemos estudiado de forma retrospectiva las historias de todos los enfermos que ingresaron en nuestro "
    "servicio durante dos años, y comparado los que habían recibido un diurético con los demás.\n"
)
REFERENCES = "".join(
    f"{number}. Smith J, Jones AB, Müller K, et al. {title}. {journal} {1990 + number};{number}1:{number}00-9.\n"
    for number, (title, journal) in enumerate(
        itertools.product(
            ("Effects of diuretics on outcome in patients with heart failure: a randomised trial",
             "The management of acute heart failure in the elderly"),
            ("N Engl J Med", "Lancet", "Eur Heart J", "J Am Coll Cardiol", "BMJ"),
        ), 1,
    )
)  # fmt: skip
LATIN = (
    "La planta se conoce como Arnica montana L.; de la misma familia son Calendula officinalis, Matricaria chamomilla "
    "y Echinacea purpurea, que también se emplean en la medicina popular de muchos países.\n"
    "Musculus sternocleidomastoideus, musculus trapezius et musculus levator scapulae.\n"
    "Composición: Belladonna D4, Chelidonium majus D6, Nux vomica D4, Carduus marianus D2.\n"
)


@pytest.fixture(scope="module")
def model():
    step = language_filter(str(MODEL))
    return load_model(step.model_path, step.model_sha256)


def spoken_lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def blocks(*languages: str, start: int = 100, size: int = 8) -> str:
    """Paragraphs of NTREX: `size` consecutive sentences in each of the languages in turn."""
    texts = []
    for at, language in enumerate(languages):
        lines = (NTREX / f"newstest2019-{FILES[language]}.txt").read_text(encoding="utf-8").split("\n")
        texts.append("\n".join(lines[start + at * size : start + (at + 1) * size]))
    return "\n\n".join(texts)


ANY_LINE = st.one_of(
    st.sampled_from([*spoken_lines(FRENCH + ENGLISH + SPANISH + REFERENCES + LATIN), "", "12 | 13", "Résumé", "\r"]),
    st.text(max_size=30),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY_LINE, max_size=25).map("\n".join))
def test_no_line_is_lost_and_neighbours_differ(model, text):
    parts = language_parts(text, model)
    assert [line for _, part in parts for line in spoken_lines(part)] == spoken_lines(text)
    assert all(a != b for (a, _), (b, _) in itertools.pairwise(parts))
    if len(parts) == 1:
        assert parts[0][1] == text


@pytest.mark.parametrize("text", ["", "\n\n", "12 34", "😀" * 99, "hola", "\x00", "שלום"])
def test_a_text_without_prose_is_one_part(model, text):
    assert [part for _, part in language_parts(text, model)] == [text]


@pytest.mark.parametrize(
    ("first", "second", "heading", "codes"),
    [(FRENCH, ENGLISH, "ABSTRACT", ["fr", "en"]), (ENGLISH, SPANISH, "Resumen", ["en", "es"])],
)
def test_a_bilingual_abstract_is_cut_above_its_heading(model, first, second, heading, codes):
    parts = language_parts(f"1\n\n{first}\n{heading}\n\n{second}", model)
    assert [language for language, _ in parts] == codes
    assert parts[1][1].startswith(f"{heading}\n\n")


def test_references_tables_headings_and_numbers_do_not_cut_a_document(model):
    table = "Patient | Age | Sex | Outcome\n12 | 63 | F | alive at one year\n13 | 71 | M | dead\n"
    text = f"{FRENCH}\nConflict of interest: none\n\n{table}\n{FRENCH}\nReferences\n\n{REFERENCES}"
    assert language_parts(text, model) == [("fr", text)]


def test_latin_names_do_not_cut_a_leaflet(model):
    text = SPANISH + LATIN + SPANISH
    assert language_parts(text, model) == [("es", text)]


def test_a_short_quotation_stays_with_its_neighbours(model):
    quotation = "To be or not to be, that is the question.\n"
    text = FRENCH + quotation + FRENCH
    assert language_parts(text, model) == [("fr", text)]


@needs_ntrex
@pytest.mark.parametrize("codes", ["en fr", "fr en fr", "es pt", "es ca es", "it en es fr"])
def test_blocks_of_news_are_cut_where_the_language_changes(model, codes):
    for start in range(0, 1600, 200):
        text = blocks(*codes.split(), start=start)
        assert language_parts(text, model) == list(zip(codes.split(), text.split("\n\n"), strict=True))


@needs_ntrex
@pytest.mark.parametrize("code", FILES)
def test_documents_in_one_language_stay_whole(model, code):
    for start in range(0, 1900, 100):
        text = blocks(code, start=start, size=60)
        assert language_parts(text, model) == [(code, text)]


@needs_e3c
@pytest.mark.slow
def test_medical_documents_stay_whole(model):
    expected = {"English": "en", "French": "fr", "Italian": "it", "Spanish": "es"}
    for file in sorted(E3C.rglob("*.json")):
        text = json.loads(file.read_text(encoding="utf-8"))["text"]
        assert language_parts(text, model) == [(expected[file.parts[-2]], text)], file.name


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("Le patient doit prendre un comprimé le matin.", True),
        ("Abstract", False),
        ("12 | 63 | F | 140/80 | 5.3", False),
        ("Smith J, Jones AB. The heart. N Engl J Med 2003;349:1146-54.", False),
        ("In 2003 we saw a patient with a fever of unknown origin.", True),
        ("如果 您曾经 对这种 药物 有过敏反应", True),
    ],
)
def test_prose_is_told_from_headings_tables_and_references(line, prose):
    assert speaks(line) == prose


@given(st.lists(st.lists(st.floats(-12, 0), min_size=3, max_size=3), min_size=1, max_size=6), st.floats(0, 10))
def test_the_path_is_the_best_of_all(rows, switch):
    emissions = np.array(rows)

    def value(path):
        changes = sum(a != b for a, b in itertools.pairwise(path))
        return sum(emissions[row, state] for row, state in enumerate(path)) - switch * changes

    best = max(map(value, itertools.product(range(3), repeat=len(rows))))
    assert value(best_path(emissions, switch)) == pytest.approx(best)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 300)), max_size=12))
def test_no_short_run_is_left_beside_another(pairs):
    path, letters = [state for state, _ in pairs], [count for _, count in pairs]
    found = without_short_runs(path, letters, 200)
    assert len(found) == len(path) and set(found) <= set(path)
    runs = [[letters[at] for at, _ in run] for _, run in itertools.groupby(enumerate(found), key=lambda item: item[1])]
    assert len(runs) <= 1 or all(sum(run) >= 200 for run in runs)


@pytest.mark.slow
def test_a_document_of_ten_megabytes_is_split(model):
    french, english = FRENCH * (5_000_000 // len(FRENCH)), ENGLISH * (5_000_000 // len(ENGLISH))
    assert [language for language, _ in language_parts(french + english, model)] == ["fr", "en"]
