"""Recipes: every fault is refused before anything runs, with its line and the remedy."""

from pathlib import Path

import pytest

from ingest.recipe import load
from ingest.recipe.toml_lines import line_of
from shards.errors import InputError

GOOD = """\
name = "cases"
license = "cc-by-4.0"

[[sources]]
kind = "folder"
name = "leaflets"
root = "leaflets"

[[sources]]
kind = "crawl"
name = "hospital"
start = ["https://hospital.example/"]
contact = "crawler@example.org"
crawlers = 2

[language]
keep = ["fr", "it"]

[quality]
min_words = 40
"""


@pytest.fixture
def write(tmp_path: Path):
    (tmp_path / "leaflets").mkdir()

    def written(text: str) -> Path:
        path = tmp_path / "recipe.toml"
        path.write_text(text)
        return path

    return written


def test_a_good_recipe_loads_with_its_defaults(write) -> None:
    recipe = load(write(GOOD))
    assert [source.name for source in recipe.sources] == ["leaflets", "hospital"]
    assert recipe.sources[1].crawlers == 2
    assert recipe.document.dedup.signature.permutations == 112
    plain = recipe.as_json()
    assert plain["language"] == {"keep": ["fr", "it"], "min_confidence": 0.6, "mixed": "keep", "max_mixed": 0.2}
    assert str(recipe.path.parent) not in str(plain)  # no path of this machine shapes a version


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("min_words = 40", "min_wrods = 40", 20, "unknown key 'quality.min_wrods'; did you mean 'min_words'?"),
        ("[quality]", "[qualty]", 19, "unknown key 'qualty'; did you mean 'quality'?"),
        ('root = "leaflets"', 'root = "leaflet"', 7, "does not exist"),
        ('root = "leaflets"', 'path = "leaflets"', 7, "unknown key 'path'"),
        ('kind = "folder"', 'kind = "foldr"', 5, "did you mean 'folder'?"),
        ('name = "hospital"', 'name = "leaflets"', 11, "name of its own"),
        ("min_words = 40", "min_words = 900\nmax_words = 100", 19, "min_words = 900 is above max_words = 100"),
        ("min_words = 40", "max_top_4gram_chars = 1.5", 20, "less than or equal to 1"),
        ('"fr", "it"', '"fr", "pt"', 17, "'en', 'fr', 'it' or 'es'"),
        ('contact = "crawler@example.org"', "", 9, "contact"),
        ('name = "cases"', 'name = "Cases of 2024"', 1, "String should match pattern"),
        ("crawlers = 2", "delay = -1", 9, "delay is -1"),
        ("crawlers = 2", "crawlers = 0", 14, "at least 1"),
        ("crawlers = 2", 'crawlers = "two"', 14, "at least 1"),
        ('kind = "folder"', 'kind = ["folder"]', 5, "choose one of"),
        ('"fr", "it"', '"fr", "fr"', 17, "named twice"),
        ("[quality]", "max_mixed = 0.1\n[quality]", 16, 'max_mixed does nothing while mixed = "keep"'),
        ("min_words = 40", "max_symbol_word_ratio = inf", 20, "finite"),
        ('name = "cases"', f'name = "{"a" * 101}"', 1, "at most 100 characters"),
    ],
)
def test_a_fault_is_refused_with_its_line_and_the_remedy(write, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    path = write(GOOD.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load(path)
    assert message in str(caught.value)
    assert f"{path}:{line}: " in str(caught.value)


def test_all_faults_are_told_at_once(write) -> None:
    faulty = GOOD.replace("min_words", "min_wrods").replace('kind = "folder"', 'kind = "zip"').replace("keep", "kept")
    with pytest.raises(InputError) as caught:
        load(write(faulty))
    assert len(str(caught.value).splitlines()) == 3


def test_sources_that_are_not_tables_are_refused(write) -> None:
    with pytest.raises(InputError, match="sources"):
        load(write('name = "x"\nsources = ["leaflets"]'))


def test_what_is_not_toml_or_not_there_is_said(write, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not TOML"):
        load(write("name = "))
    with pytest.raises(InputError, match="no recipe at"):
        load(tmp_path / "absent.toml")


def test_lines_are_found_for_dotted_keys_and_arrays_of_tables() -> None:
    text = 'a.b = 1\n[x]\n"y z" = 2\n[[s]]\nk = 1\n[[s]]\n# k = 0\nk = 2\n'
    assert line_of(text, ("a", "b")) == 1
    assert line_of(text, ("x", "y z")) == 3
    assert line_of(text, ("s", 1, "k")) == 8
    assert line_of(text, ("s", 1, "absent")) == 6


def test_quality_bounds_of_a_language_go_before_those_of_all_and_both_before_the_preset(write) -> None:
    text = GOOD.replace("min_words = 40", "min_words = 40\nmax_lines = 900\n[quality.fr]\nmin_words = 30")
    rules = load(write(text)).document.quality
    assert [rules.limits(language)["words"] for language in ("en", "fr")] == [(40, 500_000), (30, 500_000)]
    [words] = [bound for bound in rules.rules(("fr", "it")) if bound.column == "words"]
    assert words.by_language == (("fr", 30, 500_000), ("it", 40, 500_000))
    [lines] = [bound for bound in rules.rules(("fr", "it")) if bound.column == "lines"]
    assert (lines.maximum, lines.by_language) == (900, ())
    plain = load(write(text)).as_json()["quality"]
    assert plain["fr"] == {"min_words": 30} and plain["max_lines"] == 900 and "min_lines" not in plain


def test_a_preset_is_known_by_name_and_none_means_no_bounds(write) -> None:
    bare = load(write(GOOD.replace("min_words = 40", 'preset = "none"\nmin_words = 40'))).document.quality
    assert [bound.column for bound in bare.rules(("en",))] == ["words"]
    gopher = load(write(GOOD.replace("min_words = 40", 'preset = "gopher"'))).document.quality
    stop_words = [bound for bound in gopher.rules(("en", "fr")) if "stop_words" in bound.column]
    assert {bound.by_language for bound in stop_words} == {
        (("en", 2, None), ("fr", None, None)), (("en", None, None), ("fr", 2, None)),
    }  # fmt: skip
    with pytest.raises(InputError, match="'gopher', 'c4', 'fineweb'"):
        load(write(GOOD.replace("min_words = 40", 'preset = "gofer"')))
