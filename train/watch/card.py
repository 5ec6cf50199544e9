"""The model card: README.md of an exported model, from the numbers of its run and of its version. None is made up."""

from typing import Any

import jinja2

from catalog import summary
from catalog.manifest import Manifest
from train.settings import PretrainConfig
from train.watch.energy import co2_grams
from train.watch.progress import hours

SHOWN = (
    "steps", "batch", "input_length", "objective", "mode", "optimizer", "lr", "schedule", "warmup", "decay",
    "weight_decay", "clip", "z_loss", "alpha", "seed", "spike",
)  # fmt: skip


def card(
    config: PretrainConfig, manifest: Manifest, records: list[dict], sessions: list[dict], facts: dict[str, Any]
) -> str:
    """Markdown with the Hub's YAML header.

    `records` are metrics.jsonl, `sessions` those of `sessions`; `facts` has `parameters`, `vocabulary`,
    `precision`, `tokenizer`, `epochs` and `software`.
    """
    evaluated = [record for record in records if "held_out" in record]
    total, whole = summary.total(manifest), summary.whole_funnel(manifest)
    by_language = {key[0]: amount.words for key, amount in summary.amounts(manifest, "language").items()}
    largest = max(by_language, key=by_language.__getitem__)
    joules = sum(session["joules"] for session in sessions)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("train.watch"), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("model_card.md.jinja").render(
        config=config,
        manifest=manifest,
        languages=sorted(records[-1]["languages"]) if config.languages else summary.languages(manifest),
        parameters=facts["parameters"],
        first=evaluated[0],
        last=evaluated[-1],
        description=manifest.recipe.get("description"),
        documents=total.documents,
        words=total.words,
        inputs=whole.inputs,
        dropped=sum(whole.dropped.values()),
        quarantined=sum(whole.quarantined.values()),
        masked=sum(entry.identifiers for entry in manifest.privacy or [] if entry.masked),
        benchmarks=sorted({entry.benchmark for entry in manifest.decontamination}),
        tokens=records[-1]["tokens"],
        epochs=facts["epochs"],
        settings=settings(config, records, facts),
        grid=sessions[-1]["grid"] if sessions else 0,
        hours=hours(sum(session["seconds"] for session in sessions)),
        devices=distinct(f"{one['processes']} × {one['device']}" for one in sessions),
        kwh=joules / 3.6e6,
        grams=sum(co2_grams(session["joules"], session["grid"]) for session in sessions),
        sources=distinct(session["energy_source"] for session in sessions),
        shares=utilisation(sessions[-1]) if sessions else "",
        sessions=len(sessions),
        restricted=any("NC" in (entry.license or "") for entry in manifest.composition),
        largest=largest,
        largest_share=by_language[largest] / max(1, total.words),
    )


def settings(config: PretrainConfig, records: list[dict], facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Rows of the table on training."""
    stated = {name: getattr(config, name) for name in SHOWN if hasattr(config, name)}
    skipped = records[-1].get("skipped", 0)
    rows = {
        name.replace("_", " "): f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in stated.items()
    }
    rows |= {"steps whose examples were left out after spikes": str(skipped)} if skipped else {}
    rows |= {"precision": facts["precision"], "tokenizer": f"`{facts['tokenizer'][:16]}`, {facts['vocabulary']:,} ids"}
    return list((rows | {"software": facts["software"]}).items())


def utilisation(session: dict) -> str:
    """MFU of a session, the median of its steps, against the peaks that are known; empty where it was not measured."""
    if "mfu_measured" not in session:
        return ""
    parts = [f"{session['mfu_measured']:.0%} of {session['peak_measured'] / 1e12:.3g} TFLOP/s measured"]
    if "mfu_datasheet" in session:
        parts.append(
            f"{session['mfu_datasheet']:.0%} of {session['peak_datasheet'] / 1e12:.4g} TFLOP/s by its datasheet"
        )
    return ", ".join(parts)


def distinct(values) -> list[str]:
    """Each value once, in order."""
    return list(dict.fromkeys(values))
