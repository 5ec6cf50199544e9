"""What `python -m ingest tune` shows: tables on the console, and a page with plots, tables and samples."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
from rich.markup import escape
from rich.table import Table

from ingest.tune.measure import Curve, Sample, Tuning
from ingest.tune.plot import draw

Texts = Mapping[tuple[int, int], tuple[str, str]]


def overview(tuning: Tuning) -> Table:
    """One row a rule: its thresholds, documents that break it, and those that nothing else would drop."""
    scored = f"{tuning.documents:,} documents scored, {tuning.passing:,} meet every rule"
    table = _table(scored, "rule", "threshold", ">break it", ">break nothing else", ">words of those")
    for curve in sorted(tuning.curves, key=lambda one: (-one.alone, -one.broken)):
        if curve.broken:
            amounts = (f"{curve.broken:,}", f"{curve.alone:,}", f"{curve.alone_words:,}")
            table.add_row(curve.rule, _thresholds(curve), *amounts)
    for name, alone in tuning.fixed.items():
        if alone:
            table.add_row(name, "", "", f"{alone:,}", "")
    return table


def by_language(curve: Curve, thresholds: Sequence[float]) -> Table:
    """Documents and words kept at each threshold, a column a language."""
    kept = curve.kept(thresholds, ["language"])
    languages = sorted(kept["language"].unique())
    table = _table(f"{curve.rule}: documents kept", "threshold", *(f">{x}" for x in languages),
                   ">documents", ">words")  # fmt: skip
    for threshold in thresholds:
        rows = kept.filter(pl.col("threshold") == threshold)
        own = {row["language"]: row for row in rows.iter_rows(named=True)}
        cells = [f"{own[x]['documents']:,}" if x in own else "" for x in languages]
        totals = (f"{rows['documents'].sum():,}", f"{rows['words'].sum():,}")
        today = threshold in curve.thresholds.values()
        table.add_row(f"{threshold:g}" + (" (today)" if today else ""), *cells, *totals, style="bold" if today else "")
    return table


def by_source(curve: Curve, thresholds: Sequence[float]) -> Table:
    """Documents (and millions of words) kept, a row a source and language, a column a threshold."""
    kept = curve.kept(thresholds, ["source", "language"])
    table = _table("documents kept, by source and language", "source", "", *(f">{one:g}" for one in thresholds))
    for (source, language), rows in kept.group_by(["source", "language"], maintain_order=True):
        own = dict(zip(rows["threshold"], rows["documents"], strict=True))
        table.add_row(source, language, *(f"{own[one]:,}" for one in thresholds))
    return table


def samples(curve: Curve, texts: Texts) -> Table:
    """Documents nearest to the threshold on either side, which this rule alone decides."""
    table = _table("nearest to it", "", ">value", "source", "", "document, which this rule alone decides")
    for one in curve.samples:
        doc_id, text = texts[one.chain, one.row]
        verdict = "[green]kept[/]" if one.kept else "[red]dropped[/]"
        cell = f"[dim]{doc_id}[/] {escape(text)}"
        table.add_row(verdict, f"{one.value:.4g}", escape(one.source), one.language, cell)
    return table


def write_page(tuning: Tuning, curves: Sequence[Curve], at: Sequence[float], texts: Texts, folder: Path) -> Path:
    """Write tune.md with a plot, tables and samples of each curve, and curves.csv; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# What each threshold would keep", ""]
    lines += [
        f"{tuning.documents:,} documents of {tuning.words:,} words are scored, {tuning.passing:,} meet every rule. "
        "Each threshold is moved alone, with every other rule in force; duplicates are not taken off.",
        "",
    ]
    frames = []
    for curve in curves:
        thresholds = sorted({*curve.suggestions(), *at})
        name = re.sub(r"\W+", "-", curve.rule)
        draw(curve, folder / f"{name}.png")
        kept = curve.kept(thresholds, ["source", "language"])
        frames.append(kept.select(pl.lit(curve.rule).alias("rule"), pl.all()))
        lines += [f"## {curve.rule}", "", f"Today: {_thresholds(curve)}. {curve.broken:,} documents break it, "
                  f"{curve.alone:,} of them nothing else.", "", f"![{curve.rule}]({name}.png)", ""]  # fmt: skip
        lines += _markdown(by_language(curve, thresholds)) + _markdown(by_source(curve, thresholds))
        lines += _samples_as_markdown(curve.samples, texts)
    if frames:
        pl.concat(frames).write_csv(folder / "curves.csv")
    page = folder / "tune.md"
    page.write_text("\n".join(lines), encoding="utf-8")
    return page


def _samples_as_markdown(found: Sequence[Sample], texts: Texts) -> list[str]:
    lines = ["Nearest to the threshold, decided by this rule alone:", ""]
    for one in found:
        doc_id, text = texts[one.chain, one.row]
        quoted = text.replace("|", "\\|").replace("`", "'")
        verdict = "kept" if one.kept else "dropped"
        lines.append(f"- **{verdict}**, {one.value:.4g} ({one.source}, {one.language}, `{doc_id}`): {quoted}")
    return [*lines, ""]


def _markdown(table: Table) -> list[str]:
    """A rich table of plain cells as Markdown."""
    heads = [str(column.header) for column in table.columns]
    sides = ["---:" if column.justify == "right" else "---" for column in table.columns]
    cells = zip(*(list(column.cells) for column in table.columns), strict=True)
    rows = [" | ".join(str(cell) for cell in row) for row in cells]
    lines = [f"{table.title}:", "", f"| {' | '.join(heads)} |", f"|{'|'.join(sides)}|"]
    return [*lines, *(f"| {row} |" for row in rows), ""]


def _thresholds(curve: Curve) -> str:
    distinct = set(curve.thresholds.values())
    if len(distinct) == 1:
        return f"{distinct.pop():g}"
    return ", ".join(f"{language} {value:g}" for language, value in sorted(curve.thresholds.items()))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.removeprefix(">"), justify="right" if right else "left", overflow="fold")
    return table
