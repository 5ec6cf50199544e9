"""Publishing: a version as a folder that the Hugging Face Hub understands, and its upload.

    README.md  LICENSES.md  manifest.json
    data/<language>/train-00000-of-0000N.parquet      one file a shard
    plots/composition.png  funnel.png  lengths.png

Parquet is written for the Hub: content-defined chunks, so that a new version uploads only what changed, and page
indexes, so that its viewer and range readers fetch little. Times become milliseconds there: Parquet knows no seconds.
Equal versions give equal bytes.
"""

import dataclasses
import hashlib
import json
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from huggingface_hub import HfApi
from huggingface_hub.errors import HFValidationError, HTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled
from huggingface_hub.utils import validate_repo_id

from catalog.card import card, data_files, license_file
from catalog.manifest import Manifest
from catalog.plots import write_plots
from catalog.versions import Catalog
from shards import schema, shard
from shards.errors import CorruptionError, InputError, MedcorpusError
from shards.store import Store

ROW_GROUP_BYTES = 64 << 20  # of Arrow data: what a reader must hold at once
Progress = Callable[[str, int], None]


@dataclasses.dataclass(frozen=True)
class Upload:
    """What was uploaded, or would be: (path in the repository, bytes), and where to (None: a dry run)."""

    files: tuple[tuple[str, int], ...]
    url: str | None

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(size for _, size in self.files)


def export_hub_folder(
    catalog: Catalog, spec: str, out: str | Path, repo: str = "ORG/NAME", on_progress: Progress | None = None
) -> Path:
    """Write the Hub folder of a version; an earlier export at `out` is replaced, anything else is left alone.

    `on_progress(path, shard bytes)` is called after each shard. Raises `CorruptionError` when a shard is damaged.
    """
    manifest, out = catalog.resolve(spec), Path(out).absolute()
    _check_replaceable(out)
    unfinished = out.with_name(f".tmp-{secrets.token_hex(8)}")
    try:
        for language in sorted({entry.language for entry in manifest.shards}):
            shards = [entry for entry in manifest.shards if entry.language == language and entry.rows]
            for index, entry in enumerate(shards):
                path = data_files(language, index, len(shards))
                _write_parquet(catalog.store, entry, unfinished / path)
                if on_progress:
                    on_progress(path, entry.blob.bytes)
        write_card(catalog, manifest, unfinished, repo)
        (unfinished / "LICENSES.md").write_text(license_file(manifest), encoding="utf-8")
        plain = json.dumps(manifest.as_json(), indent=1, sort_keys=True, ensure_ascii=False)
        (unfinished / "manifest.json").write_text(plain, encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return out


def write_card(catalog: Catalog, manifest: Manifest, folder: Path, repo: str = "ORG/NAME") -> Path:
    """Write README.md and plots/ of a version into `folder`; returns the README's path."""
    ancestors = dict(catalog.lineage(manifest.id).ancestors)
    write_plots(manifest, folder / "plots")
    path = folder / "README.md"
    path.write_text(
        card(manifest, [(parent, ancestors[parent]) for parent in manifest.parents], repo), encoding="utf-8"
    )
    return path


def publish(
    folder: str | Path,
    repo: str,
    dry_run: bool = False,
    endpoint: str | None = None,
    token: str | None = None,
    private: bool = True,
) -> Upload:
    """Upload an exported folder to the dataset `repo` (ORG/NAME) and tag it with the version id.

    Creates the repository when it is not there (`private` holds only then), deletes data files of earlier versions,
    and compares the digests that the Hub reports with those of the files. A broken upload resumes by the same call.
    """
    folder = Path(folder)
    version = _exported_version(folder)
    _check_repo(repo)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = tuple((path.relative_to(folder).as_posix(), path.stat().st_size) for path in paths)
    if dry_run:
        return Upload(files, None)
    api = HfApi(endpoint=endpoint, token=token)
    try:
        url = api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        api.upload_folder(
            repo_id=repo,
            repo_type="dataset",
            folder_path=folder,
            commit_message=f"Version {version}",
            delete_patterns=["data/*", "plots/*"],  # also in folders below; what is uploaded again stays
        )
        _compare(api, repo, folder, {path for path, _ in files})
        api.create_tag(repo, repo_type="dataset", tag=version, exist_ok=True)
    except (HTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled) as error:
        raise MedcorpusError(
            f"the Hub did not take {repo}: {error}; check `hf auth whoami`, the token's write permission and the"
            " network, then run the same command again: it goes on where it stopped"
        ) from error
    return Upload(files, str(url))


def _write_parquet(store: Store, entry: shard.Shard, path: Path) -> None:
    store.verify(entry.blob)
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"compression": "zstd", "use_content_defined_chunking": True, "write_page_index": True}
    with pq.ParquetWriter(path, schema.DOCUMENT, **options) as writer:
        group, held = [], 0
        for batch in shard.read(store, entry):
            group.append(batch)
            held += batch.nbytes
            if held >= ROW_GROUP_BYTES:
                writer.write_table(schema.check_documents(pa.Table.from_batches(group), str(path)))
                group, held = [], 0
        if group:
            writer.write_table(schema.check_documents(pa.Table.from_batches(group), str(path)))


def _compare(api: HfApi, repo: str, folder: Path, ours: set[str]) -> None:
    """Every file is on the Hub with our digest, and no data file is there that is not ours."""
    theirs = {entry.path: entry for entry in api.list_repo_tree(repo, repo_type="dataset", recursive=True)}
    for path in sorted(ours):
        entry = theirs.get(path)
        if entry is None:
            raise CorruptionError(f"{repo}: {path} did not arrive; publish again")
        with (folder / path).open("rb") as file:
            if entry.lfs:
                same = entry.lfs.sha256 == hashlib.file_digest(file, "sha256").hexdigest()
            else:  # small: git's name of a file's content
                data = file.read()
                same = entry.blob_id == hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        if not same:
            raise CorruptionError(f"{repo}: {path} on the Hub differs from {folder / path}; publish again")
    if strange := sorted(path for path in theirs if path.endswith(".parquet") and path not in ours):
        raise CorruptionError(f"{repo}: {strange[0]} is not of this version; delete it on the Hub and publish again")


def _exported_version(folder: Path) -> str:
    try:
        return Manifest.from_json(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))).id
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{folder} is not an exported version ({error!r}); make one with `python -m catalog publish`"
        ) from error


def _check_replaceable(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        try:
            _exported_version(out)
        except InputError as error:
            raise InputError(f"{out} is not empty and not an earlier export: name another folder with --out") from error


def _check_repo(repo: str) -> None:
    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise InputError(f"--repo {repo!r}: {error}") from error
    if repo.count("/") != 1:
        raise InputError(f"--repo {repo!r} must be ORG/NAME, e.g. my-lab/medical-corpus")
