"""Named sets of bounds on the columns of `filters.quality.step`, as plain data, with what differs by language.

gopher    quality and repetition rules as published, in datatrove's order (Rae et al. 2021, table A1)
c4        the rules on lines and pages (Raffel et al. 2020); what they would cut out of a page stays in it
fineweb   the three rules that FineWeb adds and its ratio of line feeds (Penedo et al. 2024)
medical   ours: noise must go, but tables of codes, bibliographies, leaflets and registry records must not
"""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from filters.quality.stop_words import LANGUAGES
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
            "words": (20, 500_000),  # an exam question or a short case is one sentence
            "mean_word_length": (3, 10),
            "symbol_word_ratio": (None, 0.1),
            "letter_word_share": (0.4, None),  # laboratory values in running text
            "alphabetic_share": (0.65, None),
            "stop_word_share": (0.05, None),
            "bare_line_chars": (None, 0.6),
            "notice_chars": (None, 0.5),
            "lorem_ipsum": (None, 0),
            "duplicate_line_share": (None, 0.5),
            "duplicate_line_chars": (None, 0.4),
            "duplicate_paragraph_share": (None, 0.5),
            "duplicate_paragraph_chars": (None, 0.4),
            "top_2gram_chars": (None, 0.25),
            "top_3gram_chars": (None, 0.25),
            "top_4gram_chars": (None, 0.25),
            "duplicate_5gram_chars": (None, 0.5),
            "duplicate_10gram_chars": (None, 0.4),
        },
        {
            # Word lengths: the lowest and highest permille of medical and general text, 1 less and 2.5 more. French
            # writes its articles out and has the most stop words; Spanish clinical notes the fewest.
            "en": {"mean_word_length": (3.3, 9.8)},
            "fr": {"mean_word_length": (3.4, 9.1), "stop_word_share": (0.08, None)},
            "it": {"mean_word_length": (3.7, 10.3)},
            "es": {"mean_word_length": (3.2, 9.7), "stop_word_share": (0.04, None)},
        },
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
