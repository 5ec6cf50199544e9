"""The dataset card of a version, from its manifest's own numbers. A number that is missing is an error, not a gap."""

from collections.abc import Sequence

import jinja2
from huggingface_hub import DatasetCardData

from catalog import licenses, summary
from catalog.manifest import Funnel, Manifest
from shards import schema
from shards.errors import BuildError

PLOTS = ("composition", "funnel", "lengths")
_SIZES = [(10**power, label) for power, label in zip(
    range(3, 13), ["n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B",
                   "10B<n<100B", "100B<n<1T"], strict=True)]  # fmt: skip
_SCORES = {"language": "language", "domain": "medical domain", "quality": "quality"}  # sections of the recipe
_OPT_OUT = ("opt_out", "opt-out", "optout", "robots", "noai", "tdm", "reserv")


def card(manifest: Manifest, parents: Sequence[tuple[str, Manifest | None]] = (), repo: str = "ORG/NAME") -> str:
    """README.md of the version: the Hub's YAML header and the text. `parents` are (id, manifest or None: unknown).

    Raises `BuildError` when the manifest lacks something that the card must say.
    """
    _check_numbers(manifest)
    recipe, whole = manifest.recipe, summary.whole_funnel(manifest)
    return _render(
        "card.md.jinja",
        header=_header(manifest),
        manifest=manifest,
        repo=repo,
        total=summary.total(manifest),
        languages=summary.languages(manifest),
        by_language={key[0]: amount for key, amount in summary.amounts(manifest, "language").items()},
        parts=summary.amounts(manifest, "language", "source", "license"),
        by_license=summary.amounts(manifest, "license"),
        funnels=[*manifest.funnels, whole] if len(manifest.funnels) > 1 else manifest.funnels,
        whole=whole,
        scores=[label for name, label in _SCORES.items() if name in recipe],
        deduplicated="dedup" in recipe,
        settings=summary.settings(recipe),
        description=recipe.get("description"),
        stated_license=recipe.get("license"),
        contact=recipe.get("contact"),
        privacy=recipe.get("privacy"),
        decontamination=recipe.get("decontaminate", recipe.get("decontamination")),
        opt_outs=_opt_outs(whole),
        opt_outs_ignored=recipe.get("rights", {}).get("honour_opt_outs") is False,
        fields=[
            (field.name, str(field.type), field.nullable, field.metadata[b"doc"].decode()) for field in schema.DOCUMENT
        ],
        plots=PLOTS,
        changes=[(version, parent and summary.change(parent, manifest)) for version, parent in parents],
    )


def license_file(manifest: Manifest) -> str:
    """LICENSES.md: what lies under which licence, by source, and where the texts are."""
    parts = summary.amounts(manifest, "license", "source")
    return _render("licenses.md.jinja", manifest=manifest, parts=parts, contact=manifest.recipe.get("contact"))


def data_files(language: str, index: int | None = None, count: int | None = None) -> str:
    """Path of a language's Parquet file number `index` of `count` in the Hub folder, or the pattern of them all."""
    name = "train-*" if index is None else f"train-{index:05d}-of-{count:05d}"
    return f"data/{language}/{name}.parquet"


def _opt_outs(whole: Funnel) -> list[tuple[str, int]]:
    removed = summary.by_count(whole.dropped) + summary.by_count(whole.quarantined)
    return [(reason, count) for reason, count in removed if any(word in reason for word in _OPT_OUT)]


def _header(manifest: Manifest) -> str:
    spoken = summary.languages(manifest)
    documents = summary.total(manifest).documents
    everything = {"config_name": "all", "data_files": [{"split": "train", "path": [data_files(tag) for tag in spoken]}]}
    configs = [everything | {"default": True}] + [
        {"config_name": tag, "data_files": [{"split": "train", "path": data_files(tag)}]} for tag in spoken
    ]
    fields = licenses.hub_fields(manifest)
    return DatasetCardData(
        language=spoken,
        license=fields["license"],
        license_name=fields.get("license_name"),
        license_link=fields.get("license_link"),
        annotations_creators=["no-annotation"],
        language_creators=["found"],
        multilinguality=["multilingual" if len(spoken) > 1 else "monolingual"],
        pretty_name=manifest.name,
        size_categories=[next((label for limit, label in _SIZES if documents < limit), "n>1T")],
        task_categories=["text-generation", "fill-mask"],
        tags=["medical"],
        configs=configs if spoken else None,
    ).to_yaml()


def _render(template: str, **values: object) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("catalog"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "n": _number,
        "share": _share,
        "cell": _cell,
        "by_count": summary.by_count,
        "link": licenses.link,
    }
    try:
        return environment.get_template(template).render(values)
    except jinja2.UndefinedError as error:
        raise BuildError(f"the card cannot be written: {error.message}; build the version again") from error


def _check_numbers(manifest: Manifest) -> None:
    for part in manifest.composition:
        for measure in ("documents", "words", "chars"):
            _number(getattr(part, measure))
    for funnel in manifest.funnels:
        for count in (funnel.inputs, funnel.split, funnel.kept, *funnel.dropped.values(), *funnel.quarantined.values()):
            _number(count)


def _number(value: object) -> str:
    if not isinstance(value, int):
        raise BuildError(f"the card cannot be written: a number is missing (it is {value!r}); build the version again")
    return f"{value:,}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _cell(text: object) -> str:
    # A pipe or a line break would end the cell of a Markdown table.
    return str(text).replace("|", "\\|").replace("\n", " ")
