"""The lexicons: their format, how entries compete, and what the shipped files hold."""

import pytest

from filters.domain.terms import LANGUAGES, digest, lexicons, parse, word_weights
from shards.errors import InputError


def lexicon(*lines: str):
    return parse("\n".join(lines), "test.txt")


def test_a_whole_word_beats_an_affix_and_a_longer_affix_a_shorter_one():
    found = lexicon(
        "# comment", "[strong 1.0]", "cardio*, *itis", "[weak 0.4]", "cardiogr*, cardiology", "[out 0]", "litis"
    )
    assert found.weight("cardiopathy") == 1.0
    assert found.weight("cardiography") == 0.4
    assert found.weight("cardiology") == 0.4
    assert found.weight("nephritis") == 1.0
    assert found.weight("litis") == 0
    assert found.weight("table") == 0


def test_case_and_accents_of_entries_are_folded():
    found = lexicon("[terms 1]", "Œdème, fièvre jaune, insuffisance d'organe")
    assert found.weight("oedeme") == 1
    assert set(found.phrases) == {("fievre", "jaune"), ("insuffisance", "d", "organe")}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["fever"], "before the first"),
        (["[terms]"], "must be \\[name weight\\]"),
        (["[terms -1.5]"], "from -1 to 1"),
        (["[terms 1]", "car*dio"], "one star"),
        (["[terms 1]", "*cardio*"], "one star"),
        (["[terms 1]", "heart fail*"], "one star"),
        (["[terms 1]", "it*"], "too short"),
        (["[terms 1]", "one two three four"], "4 words"),
        (["[terms 1]", "fever, Fever"], "there already"),
    ],
)
def test_a_line_that_breaks_the_format_is_named(lines, message):
    with pytest.raises(InputError, match=message) as caught:
        lexicon(*lines)
    assert f"line {len(lines)}" in str(caught.value)


def test_the_shipped_lexicons_are_large_and_sound():
    for language, found in zip(LANGUAGES, lexicons(), strict=True):
        positive = sum(
            weight > 0
            for kind in (found.words, found.prefixes, found.suffixes, found.phrases)
            for weight in kind.values()
        )
        assert positive >= 1200, language
        assert all(found.phrases.values()), f"{language}: a phrase of weight 0 has no effect"
    assert len(digest()) == 64


@pytest.mark.parametrize(
    ("language", "terms"),
    [
        ("en", "pneumonia adalimumab tonsillectomy diarrhoea mg"),
        ("fr", "pneumopathie adalimumab appendicectomie diarrhée comprimés aiguë hospitalière"),
        ("it", "polmonite adalimumab appendicectomia diarrea compresse ambulatorio gene"),
        ("es", "neumonía adalimumab apendicectomía diarrea comprimidos hospitalaria"),
    ],
)
def test_medical_words_weigh_in_their_language(language, terms):
    for term in terms.split():
        weights = word_weights(term)
        assert weights and weights[LANGUAGES.index(language)] >= 0.4, term


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "april thomas diploma trophy analysis surge photographs"),
        ("fr", "académie mairie sympathie américaine élèves allait"),
        ("it", "campionato crescita uscita accademico accademia batteria"),
        ("es", "hemos ejército circuito académico protesta nostalgia"),
    ],
)
def test_everyday_words_weigh_nothing_in_their_language(language, words):
    for word in words.split():
        weights = word_weights(word)
        assert weights is None or weights[LANGUAGES.index(language)] <= 0, word
