"""The recipes that the repository ships run to a committed version: the demo, and real data where they are at hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from catalog.versions import Catalog
from ingest import job
from ingest.engine.executors import InProcess
from ingest.recipe import load

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / "shared" / "data"


def test_the_demo_ends_with_a_version_a_card_a_plot_and_a_model(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "recipes.demo", "--root", str(tmp_path), "--engine", "local", "--steps", "40"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    manifest = Catalog(tmp_path / "store").resolve("demo@latest")
    assert manifest.id in done.stdout
    assert "107 inputs = 61 kept + 35 dropped + 11 quarantined" in done.stdout
    [benchmark] = manifest.decontamination
    assert (benchmark.documents_removed, benchmark.residual_overlaps) == (1, 0)
    assert {entry.kind for entry in manifest.privacy if entry.masked} == {"email", "phone", "record_number"}
    assert (
        f"**{sum(funnel.kept for funnel in manifest.funnels)} documents**" in (tmp_path / "card/README.md").read_text()
    )
    run = tmp_path / "run" / manifest.id
    assert (run / "loss.png").read_bytes().startswith(b"\x89PNG")
    losses = [json.loads(line)["loss"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert losses[-1] < losses[0] - 1
    model, tokenizer = (kind.from_pretrained(run / "model") for kind in (AutoModelForSeq2SeqLM, AutoTokenizer))
    ids = tokenizer("Paracetamol 500 mg", return_tensors="pt").input_ids
    assert model(input_ids=ids, decoder_input_ids=ids[:, :1]).logits.shape[-1] >= len(tokenizer)


@pytest.mark.skipif(not DATA.exists(), reason="needs the real data in ../shared/data")
def test_real_sources_of_every_kind_run_to_a_sound_version(tmp_path: Path) -> None:
    recipe = load(REPOSITORY / "recipes" / "real_sample.toml")
    manifest = job.make(recipe, str(tmp_path), InProcess(str(tmp_path)), lambda event: None).manifest
    kinds = {source["kind"] for source in manifest.sources}
    assert kinds == {"jats", "pubmed", "e3c", "mediawiki", "folder", "warc"}
    for funnel in manifest.funnels:
        assert funnel.kept > 0, funnel.source
        assert funnel.balance == 0, funnel.source
    assert {shard.language for shard in manifest.shards} == {"en", "fr", "it", "es"}
    assert len(manifest.decontamination) == 5 and not any(b.residual_overlaps for b in manifest.decontamination)
    assert not Catalog(tmp_path).verify(manifest.id).problems
