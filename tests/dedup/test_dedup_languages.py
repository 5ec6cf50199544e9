"""Languages and addresses in the rule: translations stay, captures of one page are one, an address proves nothing."""

import random

import pytest
from dedup_run import Doc, removed

from dedup.verification.verify import Verify

VOCABULARY = [f"term{n}" for n in range(5000)]
PAGE = "https://clinic.example/asthma"
SHINGLES = Verify(names=False, dose_threshold=0)  # nothing but shingles, and languages, tells texts apart
# Growth of children by month: the part of a page that is the same in every language.
TABLE = "\n".join(
    f"{month} | {49.9 + month * 1.83:.1f} | {3.3 + month * 0.52:.2f} | {34.5 + month * 0.61:.1f} |"
    for month in range(90)
)
FRENCH = f"""# Croissance de l'enfant

Le tableau donne la taille, le poids et le périmètre crânien de l'enfant en bonne santé, mois par mois.

{TABLE}
"""
ITALIAN = f"""# Crescita del bambino

La tabella riporta la statura, il peso e la circonferenza cranica del bambino sano, mese per mese.

{TABLE}
"""


def words(count: int, seed: int) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=count)


def changed(text: list[str], share: float, seed: int = 1) -> str:
    """The text with that share of its words, all at its end, replaced."""
    cut = round(len(text) * (1 - share))
    return " ".join([*text[:cut], *words(len(text) - cut, 10_000 + seed)])


def test_a_page_and_its_translation_stay_although_a_table_makes_their_shingles_agree() -> None:
    french, italian = Doc("fr", FRENCH, language="fr"), Doc("it", ITALIAN, language="it")
    [(_, _, method, similarity)] = removed([[french, Doc("it", ITALIAN, language="fr")]], verify=SHINGLES)
    assert method == "near-duplicate" and similarity > 0.85  # without their languages they would be one
    assert not removed([[french, italian]], verify=SHINGLES) and not removed([[french, italian]])
    [(key, *_)] = removed([[french, italian, Doc("fr2", FRENCH + "\nMise à jour en mai.", language="fr")]])
    assert key in ("fr", "fr2")


def test_a_language_that_is_not_known_keeps_nothing_apart_and_equal_texts_are_one_in_any() -> None:
    unknown = Doc("a", FRENCH, language=None)
    assert len(removed([[unknown, Doc("b", ITALIAN, language="it")]], verify=SHINGLES)) == 1
    [(_, _, method, _)] = removed([[Doc("a", TABLE, language="fr"), Doc("b", TABLE, language="it")]])
    assert method == "exact-duplicate"


def test_two_captures_of_one_page_are_one_document_and_the_total_order_says_which() -> None:
    text = words(300, 1)
    old, new = Doc("a", " ".join(text), url=PAGE, quality=0.6), Doc("b", changed(text, 0.4), url=PAGE, quality=0.7)
    [(key, winner, method, similarity)] = removed([[old], [new]])
    assert (key, winner, method) == ("a", new.doc_id, "same-url") and 0.3 < similarity < 0.6
    dose = "\nTake {} mg at most {} mg a day and {} ml of the syrup."
    later = [Doc(str(n), " ".join(text) + dose.format(n, 4 * n, n), url=PAGE) for n in (5, 10)]
    [(*_, method, _)] = removed([later])  # the page has changed its doses
    assert method == "same-url"
    assert not removed([[Doc(doc.key, doc.text) for doc in later]])


@pytest.mark.parametrize(
    ("why", "first", "second"),
    [
        ("another language", {}, {"language": "it"}),
        ("another source", {}, {"source": "journal"}),
        ("not fetched from there", {"record": True}, {"record": True}),
        ("a site", {"url": "https://clinic.example/"}, {"url": "https://clinic.example/"}),
        ("a search", {"url": "https://clinic.example/find?q=x"}, {"url": "https://clinic.example/find?q=x"}),
        ("no address", {"url": None}, {"url": None}),
    ],
)
def test_an_address_alone_makes_no_duplicate(why: str, first: dict, second: dict) -> None:
    text = words(300, 2)
    docs = [Doc("a", " ".join(text), **{"url": PAGE} | first), Doc("b", changed(text, 0.4), **{"url": PAGE} | second)]
    assert not removed([docs]), why


def test_a_page_whose_text_is_another_by_now_stays() -> None:
    text = words(300, 3)
    assert not removed([[Doc("a", " ".join(text), url=PAGE), Doc("b", changed(text, 0.8), url=PAGE)]])
    half = [Doc("a", " ".join(text), url=PAGE), Doc("b", changed(text, 0.4), url=PAGE)]
    assert not removed([half], verify=Verify(page_threshold=1))


def test_over_sources_an_address_proposes_and_the_texts_confirm() -> None:
    """Shingles of Jaccard 0.7 seldom share a band: here the pair is met by its address alone."""
    for seed in range(12):
        text = words(300, 100 + seed)
        pair = [Doc("a", " ".join(text), url=PAGE), Doc("b", changed(text, 0.16, seed), "journal", url=PAGE)]
        [(*_, method, similarity)] = removed([pair], verify=Verify(threshold=0.7))
        assert method == "near-duplicate" and 0.7 <= similarity < 0.75
