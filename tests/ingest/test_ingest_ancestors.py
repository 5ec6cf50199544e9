"""Earlier versions in a build: what they kept wins, what they hold is not taken again, no text of theirs is read."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from site_builds import build
from typer.testing import CliRunner

from catalog.card import card
from catalog.manifest import Manifest
from catalog.versions import Catalog
from dedup import evidence
from dedup.__main__ import app
from dedup.earlier import stored
from ingest import cli
from ingest.recipe import load
from shards.errors import BuildError, InputError
from shards.store import Blob, Store

SUBJECTS = {
    "asthma": "Inhaled corticosteroids at low doses reduce the exacerbations of asthma in children and in adults. "
    "A spacer helps the youngest patients, and their parents should be shown how the inhaler is used at every visit. "
    "Symptoms at night or a need for the reliever on more than two days a week show that control has been lost.",
    "ulcer": "Gastric ulcers that are caused by Helicobacter pylori heal when the bacterium is eradicated with two "
    "antibiotics and a proton pump inhibitor. Patients who take anti-inflammatory drugs should stop them. "
    "Bleeding, weight loss or vomiting call for an endoscopy without delay, whatever the age of the patient may be.",
    "stroke": "Sudden weakness of an arm, a hanging face or slurred speech are signs of a stroke; minutes count. "
    "Thrombolysis is possible within hours of the first symptom, so relatives should call the ambulance at once. "
    "After the acute phase, control of blood pressure and rehabilitation decide how much of the function returns.",
    "goitre": "An enlarged thyroid gland may come with normal, low or high levels of hormone, as a test tells. "
    "Ultrasound shows whether there are nodules, and a biopsy with a fine needle shows what their cells are like. "
    "Where the gland presses on the windpipe or grows behind the breastbone, surgery is preferred to waiting.",
}  # fmt: skip
NOTE = "This page was last reviewed by the {editor} board."


def text(subject: str, editor: str = "editorial") -> str:
    return f"{SUBJECTS[subject]}\n{NOTE.format(editor=editor)}\n"


def write(folder: Path, source: str, **texts: str) -> None:
    (folder / source).mkdir(parents=True, exist_ok=True)
    for name, content in texts.items():
        (folder / source / f"{name}.txt").write_text(content, encoding="utf-8")


def recipe(folder: Path, *sources: str, dedup: str = "", name: str = "corpus", batch: int = 100) -> Path:
    path = folder / f"{name}.toml"
    parts = [f'[[sources]]\nkind = "folder"\nname = "{s}"\nroot = "{s}"\npatterns = ["*.txt"]\nbatch = {batch}\n'
             for s in sources]  # fmt: skip
    rules = '[domain]\nmin_score = 0\n[quality]\npreset = "none"\n'
    path.write_text(f'name = "{name}"\n{"".join(parts)}{rules}[dedup]\n{dedup}\n', encoding="utf-8")
    return path


def kept(root: Path, manifest: Manifest) -> set[str]:
    """source/name of every document."""
    store = Catalog(root).store
    rows = [row for s in manifest.shards for row in store.get_table(s.blob, ("source", "source_id")).to_pylist()]
    return {f"{row['source']}/{row['source_id'].removesuffix('.txt')}" for row in rows}


def removed(root: Path, manifest: Manifest) -> pl.DataFrame:
    return evidence.removals(Catalog(root).store, manifest.verdicts)


@pytest.fixture
def first(tmp_path: Path) -> Manifest:
    """Version corpus@latest in tmp_path/store, of one source with two pages."""
    write(tmp_path, "web", asthma=text("asthma"), ulcer=text("ulcer"))
    return build(recipe(tmp_path, "web"), tmp_path / "store").manifest


def test_in_the_next_release_the_old_document_stays_although_another_source_has_priority(
    tmp_path: Path, first: Manifest
) -> None:
    root = tmp_path / "store"
    write(tmp_path, "journal", asthma=text("asthma", "medical"), stroke=text("stroke"))
    alone = build(recipe(tmp_path, "journal", "web", name="alone"), root).manifest
    assert kept(root, alone) == {"journal/asthma", "journal/stroke", "web/ulcer"}
    following = build(recipe(tmp_path, "journal", "web", dedup=f'parents = ["{first.id}"]'), root)
    assert kept(root, following.manifest) == {"web/asthma", "web/ulcer", "journal/stroke"}
    assert following.manifest.parents == [first.id] and not following.manifest.against
    [lost] = removed(root, following.manifest).to_dicts()
    assert lost["method"] == "near-duplicate" and "@" not in lost["winner"]  # the winner is in this version, too
    assert not {"extract", "signature"} & set(following.run.executed)
    assert f"Since `{first.id}`:" in card(following.manifest, [(first.id, first)])


def test_of_several_parents_the_first_named_is_the_oldest(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    write(tmp_path, "journal", asthma=text("asthma", "medical"))
    other = build(recipe(tmp_path, "journal", name="journal"), root).manifest
    for parents, winner in (((first.id, other.id), "web/asthma"), ((other.id, first.id), "journal/asthma")):
        named = ", ".join(f'"{parent}"' for parent in parents)
        manifest = build(recipe(tmp_path, "web", "journal", dedup=f"parents = [{named}]"), root).manifest
        assert kept(root, manifest) == {winner, "web/ulcer"}


def test_a_copy_takes_the_place_of_an_old_document_that_is_gone(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    write(tmp_path, "journal", asthma=text("asthma", "medical"))
    (tmp_path / "web" / "asthma.txt").unlink()
    manifest = build(recipe(tmp_path, "journal", "web", dedup='parents = ["corpus@latest"]'), root).manifest
    assert kept(root, manifest) == {"journal/asthma", "web/ulcer"}


def test_an_addition_holds_nothing_of_the_version_and_names_it_as_evidence(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    write(tmp_path, "web", stroke=text("stroke"))
    write(tmp_path, "journal", asthma=text("asthma", "medical"), ulcer=text("ulcer").upper(), goitre=text("goitre"))
    added = build(recipe(tmp_path, "journal", "web", name="added", dedup='against = ["corpus"]'), root).manifest
    assert kept(root, added) == {"journal/goitre", "web/stroke"}
    assert added.against == [first.id] and not added.parents
    lost = removed(root, added)
    assert sorted(lost["method"]) == ["exact-duplicate", "near-duplicate", "same-key", "same-key"]
    assert all(winner.endswith(f"@{first.id}") for winner in lost["winner"])
    assert not Catalog(root).verify(added.id).problems
    assert f"| Holds nothing of | `{first.id}` |" in card(added)


def test_explain_shows_the_text_of_the_winner_in_the_earlier_version(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    write(tmp_path, "journal", asthma=text("asthma", "medical"), goitre=text("goitre"))
    added = build(recipe(tmp_path, "journal", name="added", dedup='against = ["corpus"]'), root).manifest
    [lost] = removed(root, added).to_dicts()
    write(tmp_path, "web", asthma=text("asthma").replace("corticosteroids", "something else"))
    build(recipe(tmp_path, "web"), root)  # the store now has two texts of the winner's key
    done = CliRunner().invoke(app, ["explain", lost["doc_id"], "added", "--root", str(root)])
    assert done.exit_code == 0, done.output
    assert "editorial" in done.output and "medical" in done.output and first.id in done.output
    assert "something else" not in done.output
    listed = CliRunner().invoke(app, ["clusters", "added", "--root", str(root)])
    assert listed.exit_code == 0, listed.output


@contextmanager
def reads() -> Iterator[list[tuple[str, tuple[str, ...]]]]:
    """(digest, columns; none: all) of every object that is read meanwhile."""
    seen: list[tuple[str, tuple[str, ...]]] = []
    whole, raw = Store.open_table, Store.get_bytes

    def open_table(self: Store, blob: Blob, columns: tuple[str, ...] | None = None) -> object:
        seen.append((blob.digest, tuple(columns or ())))
        return whole(self, blob, columns)

    def get_bytes(self: Store, blob: Blob) -> bytes:
        seen.append((blob.digest, ()))
        return raw(self, blob)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "open_table", open_table)
        patch.setattr(Store, "get_bytes", get_bytes)
        yield seen


@pytest.mark.parametrize("use", ["parents", "against"])
def test_no_text_of_an_earlier_version_is_read(tmp_path: Path, first: Manifest, use: str) -> None:
    root = tmp_path / "store"
    store = Catalog(root).store
    empty = {blob.digest for blob in first.quarantine}  # as bytes, the same as any other empty one
    old = {blob.digest for _, blob in first.objects()} - empty | _documents(store)
    write(tmp_path, "journal", asthma=text("asthma", "medical"), goitre=text("goitre"))
    path = recipe(tmp_path, "journal", name="added", dedup=f'{use} = ["corpus"]')
    with reads() as seen:
        build(path, root)
    of_old = {(digest, columns) for digest, columns in seen if digest in old}
    allowed = {blob.digest for blob in first.verdicts}
    assert first.signatures
    if use == "against":
        allowed |= {blob.digest for blob in first.signatures.objects}
    assert of_old and {digest for digest, _ in of_old} == allowed


def _documents(store: Store) -> set[str]:
    """Digests of all tables of documents that steps have stored."""
    found = set()
    for path in store.list("receipts"):
        outputs = (store.get_json(path) or {})["outputs"]
        found |= {outputs["documents"]["digest"]} if "documents" in outputs else set()
    return found


def test_a_version_without_signatures_is_signed_beside_and_then_compared_alike(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    catalog = Catalog(root)
    older = dataclasses.replace(first, name="older", signatures=None)
    catalog.commit(older)
    write(tmp_path, "journal", asthma=text("asthma", "medical"), goitre=text("goitre"))
    path = recipe(tmp_path, "journal", name="added", dedup='against = ["older"]')
    with pytest.raises(InputError, match=rf"keeps no signatures .*`python -m dedup sign {older.id}`"):
        build(path, root)
    for shown in ("1 shards signed, 0 had", "0 shards signed, 1 had"):
        done = CliRunner().invoke(app, ["sign", "older", "--root", str(root)])
        assert done.exit_code == 0 and shown in done.output, done.output
    assert Catalog(root).resolve("older").id == older.id
    added = build(path, root).manifest
    assert kept(root, added) == {"journal/goitre"} and added.against == [older.id]
    by_stored = build(recipe(tmp_path, "journal", name="added", dedup='against = ["corpus"]'), root).manifest
    assert kept(root, by_stored) == kept(root, added)


def test_signatures_of_other_parameters_are_refused_with_the_command_that_makes_them(
    tmp_path: Path, first: Manifest
) -> None:
    root = tmp_path / "store"
    write(tmp_path, "journal", asthma=text("asthma", "medical"), goitre=text("goitre"))
    path = recipe(tmp_path, "journal", name="added", dedup='against = ["corpus"]\nngram = 4\none_permutation = false')
    with pytest.raises(InputError, match=r"ngram 5 and not 4.*") as refused:
        build(path, root)
    command = stored.command(first, load(path).document.dedup.signature)
    assert command in str(refused.value) and "--ngram 4" in command and "--no-one-permutation" in command
    assert CliRunner().invoke(app, [*command.split()[3:], "--root", str(root)]).exit_code == 0
    assert kept(root, build(path, root).manifest) == {"journal/goitre"}


def test_a_version_that_is_not_there_or_named_as_both_is_refused(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    with pytest.raises(InputError, match="no version 'corpus@v9'"):
        build(recipe(tmp_path, "web", dedup='parents = ["corpus@v9"]'), root)
    with pytest.raises(InputError, match=f"both name version {first.id}"):
        build(recipe(tmp_path, "web", dedup='parents = ["corpus"]\nagainst = ["corpus@latest"]'), root)


def test_the_command_line_names_earlier_versions_as_a_recipe_does(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    write(tmp_path, "journal", asthma=text("asthma", "medical"), goitre=text("goitre"))
    path = recipe(tmp_path, "journal", name="added")
    for option, kept_ in (("--against", {"journal/goitre"}), ("--parent", {"journal/asthma", "journal/goitre"})):
        arguments = [str(path), "--root", str(root), option, "corpus@latest"]
        planned = CliRunner().invoke(cli.app, ["plan", *arguments, "--offline"])
        assert planned.exit_code == 0, planned.output
        done = CliRunner().invoke(cli.app, ["run", *arguments, "--engine", "local"])
        assert done.exit_code == 0, done.output
        assert kept(root, Catalog(root).resolve("added")) == kept_


def test_how_a_parent_is_spelled_does_not_shape_the_version(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    write(tmp_path, "journal", stroke=text("stroke"))
    spelled = [f'parents = ["{spec}"]' for spec in (first.id, first.id[:8])]
    versions = {build(recipe(tmp_path, "web", "journal", name="next", dedup=d), root).version for d in spelled}
    assert len(versions) == 1


def test_order_and_size_of_partitions_change_neither_what_is_kept_nor_why(tmp_path: Path, first: Manifest) -> None:
    root = tmp_path / "store"
    for source, editors in (("journal", ("medical", "clinical")), ("mirror", ("nursing",))):
        texts = {f"{subject}_{editor}": text(subject, editor) for subject in SUBJECTS for editor in editors}
        write(tmp_path, source, **texts)
    write(tmp_path, "web", goitre=text("goitre"))
    outcomes = set()
    for dedup in ('against = ["corpus"]', f'parents = ["{first.id}"]'):
        seen = set()
        for batch, shuffle in ((100, None), (1, 3), (3, 11)):
            path = recipe(tmp_path, "journal", "web", "mirror", name="added", dedup=dedup, batch=batch)
            manifest = build(path, root, shuffle=shuffle).manifest
            lost = removed(root, manifest).sort("doc_id")
            seen.add((frozenset(kept(root, manifest)), lost.write_json()))
        assert len(seen) == 1
        outcomes |= {names for names, _ in seen}
    assert len(outcomes) == 2


def test_large_clusters_are_listed_in_manifest_card_and_the_error_of_the_guard(tmp_path: Path) -> None:
    root = tmp_path / "store"
    copies = {f"copy{n:03}": text("asthma", f"number{n}") for n in range(120)}
    write(tmp_path, "web", ulcer=text("ulcer"), **copies)
    manifest = build(recipe(tmp_path, "web", dedup="max_removed = 1\nlist_clusters_over = 100"), root).manifest
    [large] = manifest.clusters
    assert (large.removed, large.methods) == (119, ["near-duplicate"]) and 0.8 <= large.least_similarity < 1
    assert Manifest.from_json(manifest.as_json()) == manifest
    assert f"| `{large.winner}` | 119 |" in card(manifest)
    assert not build(recipe(tmp_path, "web", dedup="max_removed = 1\nlist_clusters_over = 119"), root).manifest.clusters
    with pytest.raises(BuildError, match=rf"119 of 121 documents(.|\n)*{large.winner}: removed 119"):
        build(recipe(tmp_path, "web"), root)


def test_the_guard_names_the_document_of_an_earlier_version_that_most_gave_way_to(
    tmp_path: Path, first: Manifest
) -> None:
    write(tmp_path, "journal", **{f"copy{n:03}": text("asthma", f"number{n}") for n in range(120)})
    path = recipe(tmp_path, "journal", name="added", dedup='against = ["corpus"]')
    with pytest.raises(BuildError, match=rf"120 of 120 documents(.|\n)*@{first.id}: removed 120 .*\n +web/asthma.txt"):
        build(path, tmp_path / "store")
