"""Numbers of a version, summed from its manifest alone: what cards, plots and tables show."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from catalog.manifest import Composition, Funnel, Manifest

NOT_STATED = "not stated"  # how a licence that is None is shown


@dataclasses.dataclass(frozen=True)
class Amount:
    """Documents with their words (white-space separated) and characters (Unicode code points)."""

    documents: int = 0
    words: int = 0
    chars: int = 0

    def __add__(self, other: "Amount | Composition") -> "Amount":
        return Amount(self.documents + other.documents, self.words + other.words, self.chars + other.chars)


@dataclasses.dataclass(frozen=True)
class Change:
    """What differs between two versions. Settings and software: name, old and new value (None: absent)."""

    languages: list[tuple[str, Amount, Amount]]
    sources: list[tuple[str, Amount, Amount]]
    settings: list[tuple[str, str | None, str | None]]
    software: list[tuple[str, str | None, str | None]]


def total(manifest: Manifest) -> Amount:
    """Everything in the version."""
    return sum(manifest.composition, Amount())


def amounts(manifest: Manifest, *by: str) -> dict[tuple[str, ...], Amount]:
    """Amounts for each combination of the fields `by` (source, language, license), sorted by name."""
    sums: dict[tuple[str, ...], Amount] = {}
    for part in manifest.composition:
        key = tuple(getattr(part, field) or NOT_STATED for field in by)
        sums[key] = sums.get(key, Amount()) + part
    return dict(sorted(sums.items()))


def languages(manifest: Manifest) -> list[str]:
    """Languages that have documents, most words first."""
    sums = amounts(manifest, "language")
    return [key[0] for key in sorted(sums, key=lambda key: (-sums[key].words, key)) if sums[key].documents]


def whole_funnel(manifest: Manifest) -> Funnel:
    """The funnels of all sources as one."""
    dropped, quarantined = Counter(), Counter()
    for funnel in manifest.funnels:
        dropped.update(funnel.dropped)
        quarantined.update(funnel.quarantined)
    ends = ("inputs", "kept", "split")
    inputs, kept, split = (sum(getattr(funnel, end) for funnel in manifest.funnels) for end in ends)
    return Funnel("all sources", inputs, kept, dict(dropped), dict(quarantined), split)


def by_count(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    """(reason, documents), most first."""
    return sorted(reasons.items(), key=lambda item: (-item[1], item[0]))


def settings(recipe: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """A nested recipe as flat `section.name` to text, sorted, without its name, texts and sources.

    A list of named tables has one entry a table, `section.list.name`, that leaves out what is not set.
    """
    flat: dict[str, str] = {}
    for name, value in sorted(recipe.items()):
        if not prefix and name in {"name", "description", "license", "contact", "sources"}:
            continue
        if isinstance(value, Mapping):
            flat |= settings(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) and "name" in item for item in value):
            for item in value:
                stated = {key: one for key, one in item.items() if key != "name" and one not in (None, "", [])}
                flat[f"{prefix}{name}.{item['name']}"] = ", ".join(f"{key} {_text(one)}" for key, one in stated.items())
        else:
            flat[f"{prefix}{name}"] = _text(value)
    return flat


def change(old: Manifest, new: Manifest) -> Change:
    """What is different in `new`: amounts that moved, settings and software that changed."""
    return Change(
        _moved(old, new, "language"),
        _moved(old, new, "source"),
        _changed(settings(old.recipe), settings(new.recipe)),
        _changed(old.software, new.software),
    )


def _moved(old: Manifest, new: Manifest, by: str) -> list[tuple[str, Amount, Amount]]:
    before, after = amounts(old, by), amounts(new, by)
    pairs = [(key[0], before.get(key, Amount()), after.get(key, Amount())) for key in sorted(before | after)]
    return [(name, was, now) for name, was, now in pairs if was != now]


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str | None, str | None]]:
    return [(name, old.get(name), new.get(name)) for name in sorted({**old, **new}) if old.get(name) != new.get(name)]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_text(item)}" for name, item in value.items()) + "}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_text(item) for item in value) or "–"
    if value is None or value == "":
        return "–"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
