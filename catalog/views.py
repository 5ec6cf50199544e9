"""Versions on a terminal: tables of rich, one function a view."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from catalog import summary
from catalog.artifacts import Artifact
from catalog.index import Entry
from catalog.manifest import Funnel, Manifest
from catalog.publish import Upload
from catalog.verify import Report
from catalog.versions import Lineage

_BARS = " ▁▂▃▄▅▆▇█"


def versions(entries: list[Entry]) -> RenderableType:
    """All versions, newest first."""
    table = _table(
        "Version", "Name", "Tags", "Committed (UTC)", "Languages", ">Documents", ">Words", ">Size", "Parents"
    )
    for entry in entries:
        table.add_row(
            f"[cyan]{entry.id}[/]",
            entry.name,
            f"[green]{', '.join(entry.tags)}[/]",
            f"{entry.created:%Y-%m-%d %H:%M}",
            " ".join(entry.languages),
            f"{entry.documents:,}",
            f"{entry.words:,}",
            size(entry.bytes),
            " ".join(parent[:8] for parent in entry.parents) or "–",
        )
    return table


def artifacts(found: list[Artifact]) -> RenderableType:
    """Artifacts with the files that each holds."""
    table = _table("Artifact", "Kind", "Name", ">Size", "Files")
    for artifact in found:
        total = sum(blob.bytes for blob in artifact.files.values())
        table.add_row(
            f"[cyan]{artifact.id}[/]",
            artifact.kind,
            escape(artifact.name),
            size(total),
            escape(", ".join(artifact.files)),
        )
    return table


def version(manifest: Manifest) -> RenderableType:
    """Composition, funnel of each source, what was taken out of texts and kept out of them, large clusters, lengths."""
    parts = _table("Language", "Source", "Licence", ">Documents", ">Words", ">Characters", title="What is in it")
    for (language, source, license), amount in summary.amounts(manifest, "language", "source", "license").items():
        counts = f"{amount.documents:,}", f"{amount.words:,}", f"{amount.chars:,}"
        parts.add_row(language, escape(source), escape(license), *counts)
    everything = summary.total(manifest)
    parts.add_section()
    counts = f"{everything.documents:,}", f"{everything.words:,}", f"{everything.chars:,}"
    parts.add_row("all", "", "", *counts, style="bold")
    heading = Text.assemble((manifest.name, "bold"), "  version ", (manifest.id, "cyan"))
    sections = [_boilerplate(manifest)] if manifest.boilerplate else []
    sections += [_privacy(manifest)] if manifest.privacy else []
    sections += [_decontamination(manifest)] if manifest.decontamination else []
    sections += [_paragraphs(manifest)] if manifest.paragraphs else []
    sections += [clusters(manifest)] if manifest.clusters else []
    spaced = [part for section in sections for part in (section, "")]
    return Group(heading, "", parts, "", funnels(manifest), "", *spaced, _lengths(manifest))


def funnels(manifest: Manifest) -> Table:
    """What became of every input, one column a source: dropped and quarantined by reason, kept by language."""
    sources = [funnel.source for funnel in manifest.funnels]
    columns = sources if len(sources) == 1 else [*sources, "all"]
    table = _table("", *(f">{escape(name)}" for name in columns), title="What became of every input")
    table.columns[0].no_wrap = True

    def row(label: str, counts: list[int], style: str) -> None:
        cells = counts if len(counts) == 1 else [*counts, sum(counts)]
        table.add_row(escape(label), *(f"{count:,}" if count else "[dim]·[/]" for count in cells), style=style)

    def rows(label: str, by_source: list[Mapping[str, int]], style: str) -> None:
        row(label, [sum(counts.values()) for counts in by_source], f"bold {style}")
        for name in sorted({name for counts in by_source for name in counts}):
            row(f"  {name}", [counts.get(name, 0) for counts in by_source], style)

    kept: dict[str, Counter[str]] = {source: Counter() for source in sources}
    for entry in manifest.composition:
        kept[entry.source][entry.language] += entry.documents
    row("inputs", [funnel.inputs for funnel in manifest.funnels], "bold")
    row("fetched or read", [funnel.inputs - _refused(funnel, "fetch.", "read.") for funnel in manifest.funnels], "")
    row("extracted", [funnel.inputs - sum(funnel.quarantined.values()) for funnel in manifest.funnels], "")
    if any(funnel.split for funnel in manifest.funnels):
        row("split off by language", [funnel.split for funnel in manifest.funnels], "")
    rows("dropped", [funnel.dropped for funnel in manifest.funnels], "yellow")
    rows("quarantined", [funnel.quarantined for funnel in manifest.funnels], "red")
    rows("kept", [kept[source] for source in sources], "green")
    if manifest.paragraphs:
        lost = Counter()
        for part in manifest.paragraphs:
            lost[part.source] += part.changed
        row("of them without some paragraphs", [lost[source] for source in sources], "")
    return table


def _refused(funnel: Funnel, *stages: str) -> int:
    return sum(count for why, count in funnel.quarantined.items() if why.startswith(stages))


def clusters(manifest: Manifest) -> Table:
    """The largest clusters of duplicates: where templates collapse, it shows here first."""
    table = _table("Kept (doc_id)", ">Removed", ">Least similar", "Methods", title="Large clusters of duplicates")
    for part in manifest.clusters:
        methods = ", ".join(part.methods)
        table.add_row(part.winner, f"{part.removed:,}", f"{part.least_similarity:.3f}", methods)
    return table


def lineage(found: Lineage) -> RenderableType:
    """Sources with digests, recipe and software, and the ancestors, as a tree."""
    manifest = found.manifest
    tree = Tree(Text.assemble((manifest.name, "bold"), " ", (manifest.id, "cyan")))
    ancestors = tree.add("parents" if manifest.parents else "no parents")
    for parent, known in found.ancestors:
        note = f"{known.name}, {summary.total(known).documents:,} documents" if known else "[red]not in this catalog[/]"
        ancestors.add(f"[cyan]{parent}[/] {note}")
    if manifest.against:
        left_out = tree.add("left out, for it is in")
        for version in manifest.against:
            left_out.add(f"[cyan]{version}[/]")
    sources = tree.add("sources")
    for source in manifest.sources:
        branch = sources.add(f"[bold]{escape(source['name'])}[/] {source['kind']}")
        for part in source["partitions"]:
            branch.add(Text(f"{part['sha256'][:16]}… {size(part['bytes']):>9}  {part['name']}"))
    recipe = tree.add("recipe")
    for name, value in summary.settings(manifest.recipe).items():
        recipe.add(Text(f"{name} = {value}"))
    software = tree.add("software")
    for name, release in sorted(manifest.software.items()):
        software.add(Text(f"{name} {release}"))
    return tree


def report(found: Report) -> RenderableType:
    """What a verification found."""
    read = f"{found.objects:,} objects, {size(found.bytes)}, {found.documents:,} documents"
    if found.sound:
        return f"[green]✓[/] version [cyan]{found.version}[/] is sound: {read} read again"
    problems = "\n".join(f"[red]✗[/] {escape(problem)}" for problem in found.problems)
    return f"{problems}\n[red]version {found.version} is damaged[/] ({read}); {_remedy(found)}"


def repaired(deleted: Sequence[str]) -> RenderableType:
    """What a repair deleted, and what to do next."""
    paths = "".join(f"deleted {escape(path)}\n" for path in deleted)
    return f"{paths}run `python -m ingest run` with the version's recipe: it makes missing objects anew"


def upload(found: Upload) -> RenderableType:
    """Files and sizes of an upload, and their total."""
    table = _table("File", ">Size")
    for path, bytes in found.files:
        table.add_row(path, size(bytes))
    table.add_section()
    table.add_row(f"{len(found.files)} files", size(found.bytes), style="bold")
    return table


def size(bytes: int) -> str:
    """Bytes in decimal units, as disks and the Hub count them."""
    amount, units = float(bytes), ["kB", "MB", "GB", "TB"]
    if amount < 1000:
        return f"{bytes} B"
    unit = ""
    while amount >= 999.95 and units:
        amount, unit = amount / 1000, units.pop(0)
    return f"{amount:.1f} {unit}"


def _remedy(found: Report) -> str:
    if found.damaged:
        return f"`python -m catalog verify {found.version} --repair` deletes the objects that are to be built again"
    if found.missing:
        return "`python -m ingest run` with the version's recipe makes missing objects anew"
    return "its objects are as they were written: this is a fault of the build; report it, use another version"


def _boilerplate(manifest: Manifest) -> Table:
    """Of each source what was taken out because it repeats, and the line that most documents lost."""
    names = ("Source", ">Documents", ">Changed", ">Capped", ">Lines and lists", ">Characters", "Most often")
    table = _table(*names, title="Repeated text that was removed")
    for part in manifest.boilerplate:
        counts = (f"{n:,}" for n in (part.documents, part.changed, part.capped, part.units, part.chars))
        table.add_row(escape(part.source), *counts, escape(part.examples[0].text) if part.examples else "–")
    return table


def _privacy(manifest: Manifest) -> Table:
    """Identifiers of persons in the kept documents, by kind and language."""
    table = _table("Kind", "Language", ">Documents", ">Identifiers", "", title="Identifiers of persons")
    for part in manifest.privacy or ():
        counts = f"{part.documents:,}", f"{part.identifiers:,}"
        table.add_row(part.kind, part.language, *counts, "masked" if part.masked else "[yellow]left in[/]")
    return table


def _decontamination(manifest: Manifest) -> Table:
    """Of each benchmark what was found of it and taken out, and that nothing was left."""
    names = (">Items", ">Too short", ">Touched", ">Covered", ">Documents removed", ">Searched again", ">Left")
    table = _table("Benchmark", *names, title="Benchmarks kept out")
    for part in manifest.decontamination:
        counts = (
            part.items, part.too_short, part.touched, part.covered, part.documents_removed, part.documents_searched,
            part.residual_overlaps,
        )  # fmt: skip
        table.add_row(escape(part.benchmark), *(f"{count:,}" for count in counts))
    return table


def _paragraphs(manifest: Manifest) -> Table:
    """Of each source and language, how many paragraphs went because another document keeps them."""
    names = (">Documents", ">Changed", ">Capped", ">Paragraphs", ">Removed", ">Words removed")
    table = _table("Source", "Language", *names, title="Paragraphs that another document keeps")
    for part in manifest.paragraphs:
        counts = part.documents, part.changed, part.capped, part.paragraphs, part.removed, part.words
        table.add_row(escape(part.source), part.language, *(f"{count:,}" for count in counts))
    return table


def _lengths(manifest: Manifest) -> RenderableType:
    spoken = summary.languages(manifest)
    first = min((i for tag in spoken for i, count in enumerate(manifest.lengths[tag]) if count), default=0)
    table = _table("", "Documents by words (bins double)", ">from", ">to", title="How long they are")
    for tag in spoken:
        counts = manifest.lengths[tag][first:]
        most = max(counts)
        bars = "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] * 2 for count in counts)  # any document shows
        table.add_row(tag, f"[cyan]{bars}[/]", f"{2**first:,}", f"{2 ** len(manifest.lengths[tag]) - 1:,}")
    return table


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for column in columns:
        table.add_column(
            column.removeprefix(">"), justify="right" if column.startswith(">") else "left", overflow="fold"
        )
    return table
