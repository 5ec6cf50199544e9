"""Options of a command as fields of a dataclass: each is declared once, with its help, its choices and its limits.

    steps: Annotated[int, typer.Option(help="Steps in all.", min=1)] = 1000
    optimizer: Annotated[Literal["adamw", "adafactor"], typer.Option(help="The optimiser.")] = "adamw"

Who makes the dataclass in Python is held to the same by `check`.
"""

import copy
import dataclasses
import inspect
import math
from collections.abc import Callable, Mapping
from inspect import Parameter
from itertools import chain
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from typer.models import OptionInfo

from shards.errors import InputError


def names(text: str) -> tuple[str, ...]:
    """The names of "en,fr"; none of an empty text."""
    return tuple(filter(None, text.split(",")))


def weights(text: str) -> dict[str, float]:
    """The numbers of "en=2,fr=1"; none of an empty text."""
    found = {}
    for part in names(text):
        name, _, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise InputError(f"weight {part!r} is not NAME=NUMBER, for example en=2") from None
    return found


TEXTS: Mapping[Any, Callable] = {tuple[str, ...]: names, dict[str, float]: weights}  # written as one text, at first ""


class Option(NamedTuple):
    """A field: its type, how it is told to a person, and its default (of dataclass or signature)."""

    name: str
    kind: Any
    info: OptionInfo
    default: Any

    def shown(self, panel: str | None) -> Parameter:
        """The parameter that Typer sees."""
        info = copy.copy(self.info)
        info.rich_help_panel = panel
        kind, default = (str, "") if self.kind in TEXTS else (self.kind, self.default)
        default = Parameter.empty if default is dataclasses.MISSING else default
        return Parameter(self.name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info])

    def read(self, value: Any) -> Any:
        """What Typer gave, as the field has it."""
        return TEXTS[self.kind](value) if self.kind in TEXTS else value


def options(kind: type) -> list[Option]:
    """The fields of a dataclass, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return [Option(field.name, *get_args(hints[field.name]), field.default) for field in dataclasses.fields(kind)]


def check(config: Any) -> None:
    """`InputError` for a value that is none of the choices, or not a number from the option's `min` on."""
    for name, kind, info, _ in options(type(config)):
        value, choices = getattr(config, name), get_args(kind) if get_origin(kind) is Literal else ()
        if choices and value not in choices:
            raise InputError(f"no {name} {value!r}; choices: {', '.join(choices)}")
        if kind in (int, float) and not (info.min or 0) <= value < math.inf:
            raise InputError(f"{name} is {value}; give a number of at least {info.min or 0}")


def command(
    function: Callable[..., None],
    panels: Mapping[str, str] | None = None,
    defaults: Mapping[str, Any] | None = None,
    hidden: Mapping[str, Any] | None = None,
) -> Callable[..., None]:
    """`function` for Typer: a parameter that is a dataclass gives way to one option for each of its fields.

    `panels`: titles of groups of options in the help, by the option with which a group begins. `defaults`: of options
    that have others here than in the dataclass. `hidden`: values of fields that are no options here.
    """
    panels, defaults, hidden = panels or {}, defaults or {}, hidden or {}
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    grouped = [dataclasses.is_dataclass(one.annotation) for one in parameters]
    found = [
        options(one.annotation) if group else [Option(one.name, *get_args(one.annotation), one.default)]
        for one, group in zip(parameters, grouped, strict=True)
    ]

    def run(**given: Any) -> None:  # by the names of the signature below
        made = []
        for one, group, own in zip(parameters, grouped, found, strict=True):
            values = {option.name: option.read(given[option.name]) for option in own if option.name not in hidden}
            values |= {option.name: hidden[option.name] for option in own if option.name in hidden}
            made.append(one.annotation(**values) if group else values[one.name])
        function(*made)

    panel, shown = None, []
    for option in chain(*found):
        panel = panels.get(option.name, panel)
        if option.name not in hidden:
            shown.append(option._replace(default=defaults.get(option.name, option.default)).shown(panel))
    run.__signature__ = inspect.Signature(shown)
    run.__annotations__ = {one.name: one.annotation for one in shown}
    run.__doc__ = function.__doc__
    return run
