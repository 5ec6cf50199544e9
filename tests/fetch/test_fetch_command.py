"""`python -m ingest fetch` and what `plan` says of sources that are not here yet."""

import dataclasses
import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from fetch_server import serve
from typer.testing import CliRunner

from ingest.cli import app
from ingest.fetch import bring as bringing
from ingest.fetch import client as fetch_client
from ingest.fetch.base import Fetched, Missed
from ingest.fetch.bring import bring
from ingest.fetch.catalogue import FETCHERS
from ingest.fetch.client import Client, FetchError
from ingest.recipe import load
from shards.errors import InputError, MedcorpusError


@dataclasses.dataclass(frozen=True)
class Pages:
    """A fetcher for these tests: `names` below `base`."""

    interval: ClassVar[float] = 0.0

    base: str
    names: tuple[str, ...]

    def probe(self) -> str:
        return f"{self.base}/{self.names[0]}"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        for name in self.names[:limit]:
            url = f"{self.base}/{name}"
            if (root / name).exists():
                yield Fetched(name, url, (root / name).stat().st_size, False)
                continue
            try:
                yield Fetched(name, url, client.download(url, root / name), True)
            except FetchError as error:
                yield Missed(url, str(error))


@pytest.fixture(autouse=True)
def _pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FETCHERS, "pages", Pages)
    monkeypatch.setattr(fetch_client, "_FIRST_PAUSE", 0.01)


def recipe_of(folder: Path, url: str, names: list[str]) -> Path:
    path = folder / "recipe.toml"
    path.write_text(f"""name = "taste"
contact = "data@example.org"

[[sources]]
kind = "folder"
name = "leaflets"
root = "brought"
fetch = {{ kind = "pages", base = "{url}", names = {json.dumps(names)} }}
about = {{ title = "Leaflets of a test", size = "two files" }}
""")
    return path


def test_files_are_brought_once_and_noted_with_their_address(tmp_path: Path) -> None:
    with serve({"/a.html": b"<p>a", "/b.html": b"<p>b"}) as site:
        recipe = recipe_of(tmp_path, site.url, ["a.html", "b.html"])
        first = CliRunner().invoke(app, ["fetch", str(recipe)])
        again = CliRunner().invoke(app, ["fetch", str(recipe)])
        assert site.paths == ["/a.html", "/b.html"]
    assert first.exit_code == again.exit_code == 0
    assert "2 files brought" in first.output and "0 files brought (0.0 MB), 2 were there" in again.output
    lines = [json.loads(line) for line in (tmp_path / "brought" / bringing.JOURNAL).read_text().splitlines()]
    assert [(line["name"], line["url"], line["bytes"]) for line in lines] == [
        ("a.html", f"{site.url}/a.html", 4), ("b.html", f"{site.url}/b.html", 4),
    ]  # fmt: skip


def test_a_file_that_cannot_be_had_fails_the_command_but_not_the_others(tmp_path: Path) -> None:
    with serve({"/b.html": b"<p>b"}) as site:
        recipe = recipe_of(tmp_path, site.url, ["a.html", "b.html"])
        result = CliRunner().invoke(app, ["fetch", str(recipe)])
    assert isinstance(result.exception, MedcorpusError) and "1 files" in str(result.exception)
    assert "missed" in result.output and (tmp_path / "brought/b.html").exists()


def test_a_source_that_is_not_here_can_be_planned_but_not_read(tmp_path: Path) -> None:
    with serve({"/a.html": b"<p>a"}) as site:
        recipe = recipe_of(tmp_path, site.url, ["a.html"])
        with pytest.raises(InputError, match=r"recipe.toml:7: .*brought does not exist; `python -m ingest fetch"):
            load(recipe)
        shown = CliRunner().invoke(app, ["plan", str(recipe), "--root", str(tmp_path / "store")], terminal_width=200)
        assert "not fetched yet" in shown.output and "Leaflets of a test" in shown.output and "yes" in shown.output
        offline = CliRunner().invoke(app, ["plan", str(recipe), "--root", str(tmp_path / "store"), "--offline"])
        assert offline.exit_code == 0 and len(site.requests) == 1


def test_a_folder_without_a_file_for_its_reader_is_not_there_yet(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, "http://127.0.0.1:9", ["a.html"])
    (tmp_path / "brought").mkdir()
    (tmp_path / "brought" / "archive.zip").write_bytes(b"x")
    with pytest.raises(InputError, match=r"holds no \*\*/\*\.html or .* yet; `python -m ingest fetch"):
        load(recipe)
    shown = CliRunner().invoke(app, ["plan", str(recipe), "--root", str(tmp_path / "s"), "--offline"])
    assert shown.exit_code == 0 and "not fetched yet" in shown.output


def test_unreachable_publishers_are_told(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, "http://127.0.0.1:9", ["a.html"])
    shown = CliRunner().invoke(app, ["plan", str(recipe), "--root", str(tmp_path / "store")], terminal_width=200)
    assert shown.exit_code == 0 and "ConnectionError" in shown.output


def test_wrong_fetch_tables_are_refused_with_their_line(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, "http://127.0.0.1:9", ["a.html"])
    good = recipe.read_text()
    for wrong, told in (
        (good.replace('kind = "pages"', 'kind = "page"'), "did you mean 'pages'?"),
        (good.replace("names =", "name ="), "unknown key 'name'"),
        (good.replace("about = {", 'about = { colour = "red",'), "unknown key 'colour'"),
    ):
        recipe.write_text(wrong)
        with pytest.raises(InputError, match=r"recipe.toml:[89]: ") as caught:
            load(recipe, unfetched=True)
        assert told in str(caught.value)
    recipe.write_text(good)
    with pytest.raises(InputError, match="no `fetch` table for wards"):
        CliRunner().invoke(app, ["fetch", str(recipe), "--only", "wards"], catch_exceptions=False)


def test_two_processes_never_fill_one_folder(tmp_path: Path) -> None:
    with (tmp_path / ".fetch.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="another process"):
            bring(Pages("http://127.0.0.1:9", ("a",)), tmp_path, "me@example.org", None, print, print)


def test_the_recipes_identity_does_not_hang_on_how_its_files_came(tmp_path: Path) -> None:
    (tmp_path / "brought").mkdir()
    path = recipe_of(tmp_path, "http://127.0.0.1:9", ["a.html"])
    (tmp_path / "brought/a.html").write_text("<p>a")
    with_fetch = load(path).as_json()
    path.write_text(
        "\n".join(line for line in path.read_text().splitlines() if not line.startswith(("fetch", "about")))
    )
    assert load(path).as_json() == with_fetch


def test_rows_of_the_paper_name_sources_that_exist(tmp_path: Path) -> None:
    (tmp_path / "brought").mkdir()
    path = recipe_of(tmp_path, "http://127.0.0.1:9", ["a.html"])
    row = '\n[[paper]]\nlanguage = "it"\nrow = "Leaflets"\nwords = 30_500_000\nchecked = false\nsources = ["{}"]\n'
    good = path.read_text()
    path.write_text(good + row.format("leaflet"))
    (tmp_path / "brought/a.html").write_text("<p>a")
    with pytest.raises(InputError, match=r"recipe.toml:\d+: no source is called 'leaflet'; did you mean 'leaflets'"):
        load(path)
    path.write_text(good + row.format("leaflets"))
    shown = CliRunner().invoke(app, ["plan", str(path), "--root", str(tmp_path / "s"), "--offline"], terminal_width=200)
    assert "about 30,500,000" in shown.output
