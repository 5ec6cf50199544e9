"""The model card: README.md of an exported model, from the numbers of its run and of its version. None is made up."""

import jinja2
import torch

from catalog import summary
from train.data.corpus import open_version
from train.model import MT5
from train.watch import sessions
from train.watch.energy import co2_grams
from train.watch.progress import hours

SHOWN = (
    "steps", "batch", "input_length", "objective", "mode", "optimizer", "lr", "schedule", "warmup", "decay",
    "weight_decay", "clip", "z_loss", "alpha", "seed", "spike",
)  # fmt: skip


def card(run, model: MT5) -> str:
    """Markdown with the Hub's YAML header, of a finished `train.loop.Run` and its whole model."""
    config, tokens, stream = run.config, run.data.tokens, run.data.stream
    manifest = open_version(config.root, run.data.version, config.database).manifest
    records, worked = list(run.folder.metrics()), sessions.read(run.folder.path)
    evaluated = [record for record in records if "held_out" in record]
    total, whole = summary.total(manifest), summary.whole_funnel(manifest)
    words = {key[0]: amount.words for key, amount in summary.amounts(manifest, "language").items()}
    largest = max(words, key=words.__getitem__)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("train.watch"), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("model_card.md.jinja").render(
        config=config,
        manifest=manifest,
        languages=stream.languages,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
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
        epochs=stream.epochs(run.step * config.batch),
        settings={name.replace("_", " "): f"{getattr(config, name)}" for name in SHOWN}
        | ({"steps left out after spikes": f"{run.skipped}"} if run.skipped else {})
        | {"precision": str(model.dtype).removeprefix("torch."), "software": f"torch {torch.__version__}"}
        | {"tokenizer": f"`{tokens.digest[:16]}`, {tokens.size:,} ids"},
        hours=hours(sum(session["seconds"] for session in worked)),
        devices=distinct(f"{one['processes']} × {one['device']}" for one in worked),
        kwh=sum(session["joules"] for session in worked) / 3.6e6,
        grams=sum(co2_grams(session["joules"], session["grid"]) for session in worked),
        meters=distinct(session["energy_source"] for session in worked),
        utilisation=utilisation(worked[-1]) if worked else "",
        sessions=worked,
        restricted=any("NC" in (entry.license or "") for entry in manifest.composition),
        largest=largest,
        largest_share=words[largest] / max(1, total.words),
    )


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
