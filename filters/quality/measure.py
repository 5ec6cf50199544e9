"""All quantities of the quality rules for a batch of documents, one document at a time in compiled code.

Each document is read into lines, then into tokens; everything else is counted on these. `COLUMNS` names the results.
Columns that begin with gopher_, c4_ and fineweb_ are counted exactly as datatrove's filters count them, over the whole
document. The others are ours: what repeats, what is a word and what are stop words is judged on prose, so that tables
and bibliographies are no fault; a share of prose where there is too little of it is that of a sound document.
"""

import numpy as np
import pyarrow as pa

from filters.quality import c4
from filters.quality import lines as li
from filters.quality import tokens as to
from filters.quality.c4 import measure_c4
from filters.quality.characters import character_table, strip
from filters.quality.hashes import room
from filters.quality.lines import read_lines
from filters.quality.phrases import LOREM_IPSUM, NOTICE, automaton
from filters.quality.repetition import repeated, repeated_ngrams, top_ngram
from filters.quality.stop_words import LANGUAGES, stop_table
from filters.quality.tokens import count_stop_words, count_tokens, join, keep_prose, read_tokens
from shards.kernels import njit
from shards.texts import utf8

GOPHER_QUALITY = (
    "gopher_words",  # tokens with a character that is no punctuation mark; 50 to 100,000
    "gopher_mean_word_length",  # characters; 3 to 10
    "gopher_hash_word_ratio",  # # a token; at most 0.1
    "gopher_ellipsis_word_ratio",  # ... and … a token; at most 0.1
    "gopher_letter_word_share",  # tokens with a letter; at least 0.8
    *(f"gopher_stop_words_{language}" for language in LANGUAGES),  # distinct ones of the language's eight; at least 2
)
GOPHER_REPETITION = (
    "gopher_duplicate_paragraph_share",  # at most 0.3
    "gopher_duplicate_paragraph_chars",  # at most 0.2, as all that follow a share of all characters of the document
    "gopher_duplicate_line_share",  # at most 0.3
    "gopher_duplicate_line_chars",  # at most 0.2
    "gopher_top_2gram_chars",  # at most 0.20
    "gopher_top_3gram_chars",  # at most 0.18
    "gopher_top_4gram_chars",  # at most 0.16
    "gopher_duplicate_5gram_chars",  # at most 0.15
    "gopher_duplicate_6gram_chars",  # at most 0.14
    "gopher_duplicate_7gram_chars",  # at most 0.13
    "gopher_duplicate_8gram_chars",  # at most 0.12
    "gopher_duplicate_9gram_chars",  # at most 0.11
    "gopher_duplicate_10gram_chars",  # at most 0.10
)
LINES = (
    "fineweb_closed_line_share",  # lines that end in a mark of Unicode's Sentence_Terminal; at least 0.12
    "fineweb_short_line_share",  # lines of at most 30 characters; at most 0.67
    "fineweb_duplicate_line_chars",  # at most 0.01
    "fineweb_line_feed_word_ratio",  # line feeds a token; at most 0.3
    "c4_third_line_chars",  # characters of the third longest line; C4's paragraph rule: at least 200
)
OURS = (
    "characters",  # code points, white space included
    "words",  # between white space, with a letter or digit
    "mean_word_length",  # characters of these words
    "symbol_word_ratio",  # runs of # that open no heading, and ellipses, a word
    "letter_word_share",  # words of prose with a letter
    "alphabetic_share",  # letters among the characters of prose that are no white space
    "stop_words",  # distinct ones of the best-fitting language
    "stop_word_share",  # occurrences of the best-fitting language's in prose, a token that is one
    "lines",  # not blank, as all lines that follow
    "bullet_line_share",
    "ellipsis_line_share",
    "terminal_line_share",  # lines that end like a sentence
    "short_line_share",  # lines of at most `short_line` characters
    "table_line_share",  # rows of tables
    "reference_line_share",  # entries of a bibliography
    "bare_line_chars",  # characters in lines without end mark, number, "key: value" or table: menus, link lists
    "notice_chars",  # characters in lines about cookies, terms and rights
    "lorem_ipsum",  # lines of placeholder text
    "duplicate_line_share",  # lines of prose that repeat an earlier one
    "duplicate_line_chars",  # characters in them
    "duplicate_paragraph_share",  # paragraphs, of their lines of prose, that repeat an earlier one
    "duplicate_paragraph_chars",
    *(f"top_{n}gram_chars" for n in range(2, 5)),  # as Gopher's, of prose; 0 when no n-gram recurs
    *(f"duplicate_{n}gram_chars" for n in range(5, 11)),  # as Gopher's, of prose
)
COLUMNS = GOPHER_QUALITY + GOPHER_REPETITION + LINES + c4.COLUMNS + OURS
COUNTS = {
    *("gopher_words", *GOPHER_QUALITY[5:], "c4_sentences", "c4_lorem_ipsum", "c4_curly_bracket", "c4_third_line_chars"),
    *("characters", "words", "stop_words", "lines", "lorem_ipsum"),
}

_AT_REPETITION = len(GOPHER_QUALITY)
_AT_LINES = _AT_REPETITION + len(GOPHER_REPETITION)
_AT_C4 = _AT_LINES + len(LINES)
_AT_OURS = _AT_C4 + len(c4.COLUMNS)
_AT_OUR_REPETITION = OURS.index("duplicate_line_share")
_WIDTH = len(COLUMNS)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_LEAST_PROSE = 20  # words, below which there is nothing to judge
_FINEWEB_SHORT = 30
_LONGEST_BARE, _LONGEST_NOTICE = 200, 1000  # characters; longer lines are paragraphs, with or without a full stop
_LISTS = len(LANGUAGES)


def measure(texts: pa.LargeStringArray, short_line: int) -> np.ndarray:
    """Shape (documents, COLUMNS), float64: every quantity of every text."""
    data, limits = utf8(texts)
    return _measure(data, limits, character_table(), *automaton(), stop_table(), short_line)


@njit(cache=True)
def _measure(data, limits, table, moves, ends, stops, short_line):
    documents = len(limits) - 1
    out = np.zeros((documents, _WIDTH))
    longest = 0
    for row in range(documents):
        longest = max(longest, limits[row + 1] - limits[row])
    # Scratch for the longest document, used again for each: of a short document it stays in the processor's cache.
    lines, line_hashes = np.empty((longest // 2 + 1, li.FIELDS), np.int32), np.empty(longest // 2 + 1, np.uint64)
    pieces, piece_hashes = np.empty(longest // 2 + 1, np.int32), np.empty(longest // 2 + 1, np.uint64)
    line = np.empty(longest, np.uint8)
    hashes, facts = np.empty(longest, np.uint64), np.empty((longest, 3), np.int32)
    sums, products = np.empty(longest + 1, np.uint64), np.empty(longest + 1, np.uint64)
    chars = np.empty(longest + 1, np.int32)
    slots = room(longest)
    keys, counts, firsts = np.empty(slots, np.uint64), np.empty(slots, np.int32), np.empty(slots, np.int32)
    seen, found = np.full((2, stops[3].shape[0]), -1), np.zeros((3, _LISTS), np.int64)
    grams = np.zeros(12, np.int64)
    for row in range(documents):
        text, result = data[limits[row] : limits[row + 1]], out[row]
        number, feeds = read_lines(text, 0, len(text), table, moves, ends, lines, line_hashes)
        tokens = 0
        for at in range(number):
            mark = 0 if lines[at, li.KIND] & li.NOT_PROSE else to.PROSE
            tokens = read_tokens(text, lines[at, li.START], lines[at, li.END], mark, table, hashes, facts, tokens)
        count_stop_words(hashes, facts, tokens, stops, row, seen, found)
        totals = count_tokens(facts, tokens)
        _gopher_quality(totals, found, result)
        measure_c4(text, 0, len(text), table, moves, ends, line, result[_AT_C4:_AT_OURS])
        characters = _of_lines(lines, line_hashes, number, feeds, totals[to.TOKENS], pieces, piece_hashes, keys, result)
        join(hashes, facts, tokens, sums, products, chars)
        _of_ngrams(hashes, sums, products, chars, tokens, keys, counts, firsts, grams)
        for place in range(9):
            result[_AT_REPETITION + 4 + place] = grams[place] / max(1, characters)
        prose = keep_prose(hashes, facts, tokens)
        if prose < tokens:
            join(hashes, facts, prose, sums, products, chars)
            _of_ngrams(hashes, sums, products, chars, prose, keys, counts, firsts, grams)
        ours = result[_AT_OURS:]
        ours[0] = characters
        _ours(lines, number, found, prose, short_line, ours)
        _our_repetition(lines, line_hashes, number, pieces, piece_hashes, keys, grams, ours[_AT_OUR_REPETITION:])
        # Last, because it may read the lines anew.
        first, last = strip(text, 0, len(text), table)
        if first < last and (
            first < lines[0, li.START] or last < lines[number - 1, li.END] or lines[0, li.START] < first
        ):
            number, _ = read_lines(text, first, last, table, moves, ends, lines, line_hashes)
        if first < last:
            paragraphs = _paragraphs(lines, line_hashes, number, 0, pieces, piece_hashes)
            again, again_chars = repeated(piece_hashes, pieces, paragraphs, keys)
            result[_AT_REPETITION] = again / paragraphs
            result[_AT_REPETITION + 1] = again_chars / characters
    return out


@njit(cache=True)
def _gopher_quality(totals, found, out):
    tokens, words = totals[to.TOKENS], totals[to.WORDS]
    out[0] = words
    out[1] = totals[to.WORD_CHARS] / max(1, words)
    out[2] = totals[to.HASHES] / max(1, tokens)
    out[3] = totals[to.ELLIPSES] / max(1, tokens)
    out[4] = totals[to.LETTER_TOKENS] / max(1, tokens)
    for language in range(_LISTS):
        out[5 + language] = found[0, language]


@njit(cache=True)
def _of_lines(lines, hashes, number, feeds, tokens, pieces, piece_hashes, keys, out):
    """Gopher's and FineWeb's rules on lines, and C4's on paragraphs; the characters of the document."""
    characters, all_feeds, filled, closed, short = feeds, feeds, 0, 0, 0
    first, second, third = 0, 0, 0
    for at in range(number):
        size = lines[at, li.RAW_CHARS]
        pieces[at] = size
        characters += size + lines[at, li.FEEDS]
        all_feeds += lines[at, li.FEEDS]
        if size > first:
            first, second, third = size, first, second
        elif size > second:
            second, third = size, second
        elif size > third:
            third = size
        if not lines[at, li.KIND] & li.BLANK:
            filled += 1
            closed += lines[at, li.KIND] & li.CLOSED != 0
            short += size <= _FINEWEB_SHORT
    # Where line feeds begin or end the text, datatrove sees an empty line there.
    empty = 2 if number == 0 and feeds else (number > 0 and lines[0, li.FEEDS] > 0) + (number > 0 and feeds > 0)
    again, again_chars = repeated(hashes, pieces, number, keys)
    out[_AT_REPETITION + 2] = (again + (empty == 2)) / max(1, number + empty)
    out[_AT_REPETITION + 3] = again_chars / max(1, characters)
    if filled < number:
        kept = 0
        for at in range(number):
            if not lines[at, li.KIND] & li.BLANK:
                pieces[kept], piece_hashes[kept] = lines[at, li.RAW_CHARS], hashes[at]
                kept += 1
        again, again_chars = repeated(piece_hashes, pieces, kept, keys)
    out[_AT_LINES] = closed / max(1, filled)
    out[_AT_LINES + 1] = short / max(1, filled)
    out[_AT_LINES + 2] = again_chars / max(1, characters - all_feeds)
    out[_AT_LINES + 3] = all_feeds / max(1, tokens)
    out[_AT_LINES + 4] = third
    return characters


@njit(cache=True)
def _of_ngrams(hashes, sums, products, chars, number, keys, counts, firsts, grams):
    """Characters in the most frequent 2- to 4-gram, in repeated 5- to 10-grams, then how often the former occur."""
    for n in range(2, 5):
        grams[n - 2], grams[n + 7] = top_ngram(hashes, chars, number, n, keys, counts, firsts)
    for n in range(5, 11):
        grams[n - 2] = repeated_ngrams(sums, products, chars, number, n, keys)


@njit(cache=True)
def _paragraphs(lines, hashes, number, without, pieces, piece_hashes):
    """Join lines into paragraphs, which empty lines part: their characters and hashes; how many there are.

    `without`: kinds of lines that are passed over; where it is not 0, blank lines part paragraphs too.
    """
    paragraphs, parted = 0, True
    for at in range(number):
        kind = lines[at, li.KIND]
        parted = parted or lines[at, li.FEEDS] > 1
        if kind & without:
            parted = parted or kind & li.BLANK != 0
            continue
        if parted:
            pieces[paragraphs], piece_hashes[paragraphs] = lines[at, li.RAW_CHARS], hashes[at]
            paragraphs, parted = paragraphs + 1, False
        else:
            pieces[paragraphs - 1] += lines[at, li.RAW_CHARS] + 1
            before = piece_hashes[paragraphs - 1]
            piece_hashes[paragraphs - 1] = (before ^ before >> np.uint64(31)) * _STEP + hashes[at]
    return paragraphs


@njit(cache=True)
def _ours(lines, number, found, prose_tokens, short_line, out):
    """Words, stop words and kinds of lines."""
    filled, items, trailing, ending, short, rows, entries, lorem = 0, 0, 0, 0, 0, 0, 0, 0
    words, word_chars, marks, chars, bare, notices = 0, 0, 0, 0, 0, 0
    prose_words, letter_words, letters, ink = 0, 0, 0, 0
    for at in range(number):
        kind, phrases, size = lines[at, li.KIND], lines[at, li.PHRASES], lines[at, li.CHARS]
        if kind & li.BLANK:
            continue
        filled += 1
        chars += size
        items += kind & li.ITEM != 0
        trailing += kind & li.TRAILS_OFF != 0
        ending += kind & li.ENDS != 0
        short += size <= short_line
        rows += kind & li.TABLE != 0
        entries += kind & li.REFERENCE != 0
        lorem += phrases & LOREM_IPSUM != 0
        notices += size if phrases & NOTICE and size <= _LONGEST_NOTICE else 0
        bare += 0 if kind & (li.ENDS | li.NUMBERED | li.KEYED | li.NOT_PROSE) or size > _LONGEST_BARE else size
        words += lines[at, li.WORDS]
        word_chars += lines[at, li.WORD_CHARS]
        marks += lines[at, li.MARKS]
        if not kind & li.NOT_PROSE:
            prose_words += lines[at, li.WORDS]
            letter_words += lines[at, li.LETTER_WORDS]
            letters += lines[at, li.LETTERS]
            ink += lines[at, li.INK]
    judged = prose_words >= _LEAST_PROSE or 2 * prose_words >= words
    best = 0
    running = 0
    for language in range(_LISTS):
        best = max(best, found[1, language])
        running = max(running, found[2, language])
    out[1] = words
    out[2] = word_chars / max(1, words)
    out[3] = marks / max(1, words)
    out[4] = letter_words / max(1, prose_words) if judged else 1
    out[5] = letters / max(1, ink) if judged else 1
    out[6] = best
    out[7] = running / max(1, prose_tokens) if judged else 1
    out[8] = filled
    out[9] = items / max(1, filled)
    out[10] = trailing / max(1, filled)
    out[11] = ending / max(1, filled)
    out[12] = short / max(1, filled)
    out[13] = rows / max(1, filled)
    out[14] = entries / max(1, filled)
    out[15] = bare / max(1, chars)
    out[16] = notices / max(1, chars)
    out[17] = lorem


@njit(cache=True)
def _our_repetition(lines, hashes, number, pieces, piece_hashes, keys, grams, out):
    """Repetition in prose without headings (lines, paragraphs) and with them (n-grams)."""
    kept, chars, prose = 0, 0, 0
    for at in range(number):
        kind = lines[at, li.KIND]
        if not kind & (li.BLANK | li.NOT_PROSE):
            prose += lines[at, li.CHARS]
            if not kind & li.HEADING:
                pieces[kept], piece_hashes[kept] = lines[at, li.RAW_CHARS], hashes[at]
                chars += lines[at, li.RAW_CHARS]
                kept += 1
    again, again_chars = repeated(piece_hashes, pieces, kept, keys)
    out[0], out[1] = again / max(1, kept), again_chars / max(1, chars)
    kept = _paragraphs(lines, hashes, number, li.BLANK | li.NOT_PROSE | li.HEADING, pieces, piece_hashes)
    again, again_chars = repeated(piece_hashes, pieces, kept, keys)
    out[2], out[3] = again / max(1, kept), again_chars / max(1, chars)
    for place in range(3):
        out[4 + place] = grams[place] / max(1, prose) if grams[9 + place] > 1 else 0
    for place in range(3, 9):
        out[4 + place] = grams[place] / max(1, prose)
