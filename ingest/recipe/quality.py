"""The recipe's section on quality: a preset, and bounds on any column of its scores, for all or one language."""

from typing import Any, Literal

from pydantic import Field, create_model, model_serializer, model_validator

from filters.quality.measure import COLUMNS, COUNTS
from filters.quality.presets import PRESETS, preset
from filters.rules import Bound
from ingest.recipe.section import Section

LANGUAGES = ("en", "fr", "it", "es")
Limits = dict[str, tuple[float | None, float | None]]  # column -> (least, most)


def _bound(column: str) -> Any:
    share = column not in COUNTS and column.endswith(("_share", "_chars"))
    return float | None, Field(None, ge=0, le=1 if share else None)


_Columns = create_model(
    "_Columns",
    __base__=Section,
    **{f"{side}_{column}": _bound(column) for column in COLUMNS for side in ("min", "max")},
)


class Bounds(_Columns):
    """`min_` and `max_` of any column of the quality scores (`filters/quality/measure.py` says what each is)."""

    @model_serializer
    def _stated(self) -> dict[str, Any]:
        """What is said, not the hundred bounds that are not."""
        return {name: value for name, value in self if value is not None}

    def over(
        self, limits: dict[str, tuple[float | None, float | None]]
    ) -> dict[str, tuple[float | None, float | None]]:
        """`limits`, column -> (least, most), with these in place of theirs."""
        changed = dict(limits)
        for column in COLUMNS:
            low, high = changed.get(column, (None, None))
            own_low, own_high = (getattr(self, f"{side}_{column}") for side in ("min", "max"))
            if own_low is not None or own_high is not None:
                changed[column] = low if own_low is None else own_low, high if own_high is None else own_high
        return changed


class QualityRules(Bounds):
    """`preset` names the bounds to begin with, "none" for no others than those given here.

    What the table of a language says holds in place of what is said here, what is said here of the preset.
    """

    preset: Literal[(*PRESETS, "none")] = "medical"
    en: Bounds = Bounds()
    fr: Bounds = Bounds()
    it: Bounds = Bounds()
    es: Bounds = Bounds()

    @model_validator(mode="after")
    def _possible(self) -> "QualityRules":
        for language in LANGUAGES:
            for column, (low, high) in self.limits(language).items():
                if low is not None and high is not None and low > high:
                    raise ValueError(
                        f"min_{column} = {low:g} is above max_{column} = {high:g}: no document in {language!r} can "
                        "pass; swap or widen them"
                    )
        return self

    def limits(self, language: str) -> Limits:
        """Column -> (least, most) for documents in a language."""
        begin = {} if self.preset == "none" else preset(self.preset).of(language)
        return getattr(self, language).over(self.over(begin))

    def rules(self, languages: tuple[str, ...]) -> list[Bound]:
        """The bounds for documents in these languages, in the order in which they are tried."""
        of = {language: self.limits(language) for language in languages}
        found = []
        for column in dict.fromkeys(column for limits in of.values() for column in limits):
            own = {language: limits.get(column, (None, None)) for language, limits in of.items()}
            if len(set(own.values())) == 1:
                found.append(Bound("quality", column, *own[languages[0]]))
            else:
                found.append(Bound("quality", column, by_language=tuple((x, *limits) for x, limits in own.items())))
        return found
