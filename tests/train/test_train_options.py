"""Options are declared once: the command line and Python give the same dataclass, and are held to the same limits."""

import dataclasses
from typing import Annotated, Literal

import pytest
import typer
from typer import Option
from typer.testing import CliRunner

from shards.errors import InputError
from train.options import check, command, names, weights
from train.settings import PretrainConfig


@dataclasses.dataclass(frozen=True)
class Settings:
    where: Annotated[str, Option(help="A place.")]
    steps: Annotated[int, Option(help="Steps.", min=1)] = 3
    way: Annotated[Literal["up", "down"], Option(help="Where to.")] = "up"
    only: Annotated[tuple[str, ...], Option(help="Names.")] = ()
    parts: Annotated[dict[str, float], Option(help="Shares.")] = dataclasses.field(default_factory=dict)
    fast: Annotated[bool, Option("--fast", help="No rest.")] = False

    def __post_init__(self) -> None:
        check(self)


def called(*arguments: str) -> tuple[object, tuple[Settings, int] | None]:
    """(result of the command line, what the function was given)."""
    seen = []

    def main(settings: Settings, extra: Annotated[int, Option(help="Another.")] = 7) -> None:
        """Do it."""
        seen.append((settings, extra))

    app = typer.Typer()
    app.command()(command(main, {"steps": "Length", "extra": "More"}))
    return CliRunner().invoke(app, arguments), (seen or [None])[0]


def test_defaults_are_those_of_the_dataclass():
    assert called("--where", "here")[1] == (Settings("here"), 7)


def test_every_option_reaches_its_field():
    given = ["--where", "there", "--steps", "5", "--way", "down", "--only", "en,fr", "--parts", "en=2,fr=0.5"]
    given += ["--fast", "--extra", "8"]
    assert called(*given)[1] == (Settings("there", 5, "down", ("en", "fr"), {"en": 2.0, "fr": 0.5}, True), 8)


def test_the_help_has_groups_choices_and_defaults():
    text = called("--help")[0].output
    for part in ("Do it.", "Length", "More", "<up|down>", "[default: 3]", "[required]", "A place."):
        assert part in text


@pytest.mark.parametrize("wrong", [["--steps", "0"], ["--way", "left"], ["--parts", "en:2"], ["--only"], []])
def test_what_is_wrong_on_the_command_line_never_reaches_the_function(wrong):
    result, given = called(*wrong, *(["--where", "here"] if wrong else []))
    assert result.exit_code != 0 and given is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": 0}, "steps is 0; give a number of at least 1"),
        ({"way": "left"}, "no way 'left'; choices: up, down"),
    ],
)
def test_what_is_wrong_in_python_is_named(wrong, message):
    with pytest.raises(InputError, match=message):
        Settings("here", **wrong)


def test_names_and_weights_are_texts():
    assert names("en,fr") == ("en", "fr") and names("") == ()
    assert weights("en=2, fr=1.5") == {"en": 2.0, "fr": 1.5} and weights("") == {}


def test_every_setting_of_a_run_has_a_help():
    for field in dataclasses.fields(PretrainConfig):
        assert field.type.__metadata__[0].help, field.name
