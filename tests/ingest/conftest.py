"""Builds of the sample site: from its files (fast, many partitions) and through a real crawl (once a session)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_builds import REPOSITORY, Site, build

from filters.models import find_language_model
from recipes.sample_site.server import serve
from shards.errors import InputError

MODEL = REPOSITORY.parent / "shared" / "data" / "models" / "lid.176.ftz"

FOLDER_RECIPE = """\
name = "pages"
[[sources]]
kind = "folder"
name = "leaflets"
root = "{root}"
patterns = ["??/*.html"]
batch = 12
[[sources]]
kind = "folder"
name = "mirror"
root = "{root}"
patterns = ["mirror/**/*.html", "misc/*.html", "*.html"]
batch = 5
[quality]
min_words = 60
"""


@pytest.fixture(scope="session", autouse=True)
def language_model() -> None:
    """The model that `make` installs, or the one beside the repository."""
    try:
        find_language_model(None)
    except InputError:
        if not MODEL.exists():
            pytest.skip("no lid.176 model: run `make setup`, or set MEDCORPUS_LID_MODEL")
        os.environ["MEDCORPUS_LID_MODEL"] = str(MODEL)


@pytest.fixture(scope="session")
def folder_recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recipe over the sample site's files."""
    path = tmp_path_factory.mktemp("recipe") / "pages.toml"
    path.write_text(FOLDER_RECIPE.format(root=REPOSITORY / "recipes" / "sample_site" / "pages"))
    return path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample site, served on a free port, crawled and built once in this process."""
    folder = tmp_path_factory.mktemp("site")
    with serve(port=0, slow_seconds=8.0) as server:
        recipe = folder / "demo.toml"
        text = (REPOSITORY / "recipes" / "demo.toml").read_text()
        text = text.replace('"sample_site/', f'"{REPOSITORY}/recipes/sample_site/')
        recipe.write_text(text.replace("127.0.0.1:8907", server.url.removeprefix("http://").rstrip("/")))
        root = folder / "store"
        build(recipe, root)
        yield Site(recipe, server.url, root / "crawls")
