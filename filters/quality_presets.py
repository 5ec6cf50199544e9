"""Named sets of bounds on the columns of `filters.quality`, as plain data, with what differs by language.

gopher    quality and repetition rules as published, in datatrove's order (Rae et al. 2021, table A1)
c4        the rules on lines and pages (Raffel et al. 2020); what they would cut out of a page stays in it
fineweb   the three rules that FineWeb adds and its ratio of line feeds (Penedo et al. 2024)
medical   ours: noise must go, but tables of codes, bibliographies, leaflets and registry records must not
"""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from filters.quality_stop_words import LANGUAGES
from shards.errors import InputError

Bounds = Mapping[str, tuple[float | None, float | None]]  # column -> (least, most), each None where there is none


@dataclasses.dataclass(frozen=True)
class Preset:
    """Bounds for all languages, and those that a language adds or has in place of them."""

    bounds: Bounds
    by_language: Mapping[str, Bounds] = dataclasses.field(default_factory=dict)

    def of(self, language: str) -> dict[str, tuple[float | None, float | None]]:
        """The bounds for documents of a language (ISO 639-1), in the order in which they are tried."""
        return dict(self.bounds) | dict(self.by_language.get(language, {}))


PRESETS: Mapping[str, Preset] = {
    "gopher": Preset(
        {
            "gopher_words": (50, 100_000),
            "gopher_mean_word_length": (3, 10),
            "gopher_hash_word_ratio": (None, 0.1),
            "gopher_ellipsis_word_ratio": (None, 0.1),
            "gopher_bullet_line_share": (None, 0.9),
            "gopher_ellipsis_line_share": (None, 0.3),
            "gopher_letter_word_share": (0.8, None),
            "gopher_duplicate_paragraph_share": (None, 0.3),
            "gopher_duplicate_paragraph_chars": (None, 0.2),
            "gopher_duplicate_line_share": (None, 0.3),
            "gopher_duplicate_line_chars": (None, 0.2),
            "gopher_top_2gram_chars": (None, 0.20),
            "gopher_top_3gram_chars": (None, 0.18),
            "gopher_top_4gram_chars": (None, 0.16),
            "gopher_duplicate_5gram_chars": (None, 0.15),
            "gopher_duplicate_6gram_chars": (None, 0.14),
            "gopher_duplicate_7gram_chars": (None, 0.13),
            "gopher_duplicate_8gram_chars": (None, 0.12),
            "gopher_duplicate_9gram_chars": (None, 0.11),
            "gopher_duplicate_10gram_chars": (None, 0.10),
        },
        {language: {f"gopher_stop_words_{language}": (2, None)} for language in LANGUAGES},
    ),
    "c4": Preset(
        {
            "c4_lorem_ipsum": (None, 0),
            "c4_curly_bracket": (None, 0),
            "c4_sentences": (5, None),
        }
    ),
    "fineweb": Preset(
        {
            "lines": (1, None),
            "fineweb_closed_line_share": (0.12, None),
            "fineweb_short_line_share": (None, 0.67),
            "fineweb_duplicate_line_chars": (None, 0.01),
            "fineweb_line_feed_word_ratio": (None, 0.3),
        }
    ),
    "medical": Preset(
        {
            "words": (30, 500_000),
            "mean_word_length": (3, 10),
            "symbol_word_ratio": (None, 0.1),
            "ellipsis_line_share": (None, 0.3),
            "letter_word_share": (0.5, None),
            "alphabetic_share": (0.6, None),
            "stop_word_share": (0.06, None),
            "bare_line_chars": (None, 0.85),
            "notice_chars": (None, 0.5),
            "lorem_ipsum": (None, 0),
            "duplicate_line_share": (None, 0.4),
            "duplicate_line_chars": (None, 0.3),
            "duplicate_paragraph_share": (None, 0.4),
            "duplicate_paragraph_chars": (None, 0.3),
            "top_2gram_chars": (None, 0.20),
            "top_3gram_chars": (None, 0.18),
            "top_4gram_chars": (None, 0.16),
            "duplicate_10gram_chars": (None, 0.4),
        }
    ),
}


def preset(name: str) -> Preset:
    """The preset of that name; `InputError` names those there are."""
    if name not in PRESETS:
        raise InputError(f"no quality preset is called {name!r}; there are: {', '.join(PRESETS)}")
    return PRESETS[name]


def broken(scores: pa.Table, bounds: Bounds) -> np.ndarray:
    """The first bound that each row of a quality sidecar breaks, by its column; "" where it breaks none."""
    first = np.full(scores.num_rows, "", object)
    for column, (least, most) in bounds.items():
        values = scores[column].to_numpy()
        breaks = np.zeros(len(values), bool)
        if least is not None:
            breaks |= values < least
        if most is not None:
            breaks |= values > most
        first[breaks & (first == "")] = column
    return first
