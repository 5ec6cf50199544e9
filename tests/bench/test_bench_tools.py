"""What the figures rest on: the measuring of processes, and the pages both sides read."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bench.tools import build, pages
from bench.tools.process import run_measured
from ingest.recipe import load
from ingest.sources.archives.warc import Warc
from shards.errors import BuildError, InputError

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
BURN = "import time\nwhile time.process_time() < {seconds}: pass"


def test_cpu_time_of_grandchildren_is_counted():
    grandchild = BURN.format(seconds=0.4)
    usage = run_measured(["-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"])
    assert usage.cpu_seconds >= 0.4


def test_waiting_costs_wall_time_but_no_cpu_time():
    usage = run_measured(["-c", "import time; time.sleep(0.5)"])
    assert usage.wall_seconds >= 0.5 > usage.cpu_seconds


def test_memory_is_that_of_the_process_tree():
    usage = run_measured(["-c", "import time; held = bytearray(200_000_000); time.sleep(1)"])
    assert usage.peak_bytes >= 200_000_000


def test_marks_are_the_moments_at_which_conditions_first_hold(tmp_path):
    first, last, never = (tmp_path / name for name in ("first", "last", "never"))
    code = f"import time; open({str(first)!r}, 'w'); time.sleep(0.5); open({str(last)!r}, 'w')"
    marks = {"first": first.exists, "last": last.exists, "never": never.exists}
    reached = run_measured(["-c", code], marks=marks).marks
    assert set(reached) == {"first", "last"}
    assert reached["last"] - reached["first"] >= 0.3


def test_a_failing_command_is_an_error_that_shows_the_end_of_its_output():
    with pytest.raises(BuildError, match=r"(?s)ended with 3.*the reason"):
        run_measured(["-c", "import sys; print('the reason'); sys.exit(3)"])


def test_a_command_over_its_limit_is_ended_with_its_children(tmp_path):
    child = tmp_path / "pid"
    start = f"p = subprocess.Popen(['sleep', '600']); open({str(child)!r}, 'w').write(str(p.pid))"
    code = f"import subprocess; {start}; p.wait()"
    with pytest.raises(BuildError, match="longer than 2 s"):
        run_measured(["-c", code], timeout=2)
    pid = int(child.read_text())
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture(params=["real", "sample"])
def origin(request, monkeypatch, tmp_path):
    """Both origins of pages: the shared data, and the sample site where that is absent."""
    if request.param == "real" and not DATA.exists():
        pytest.skip("../shared/data is absent")
    if request.param == "sample":
        monkeypatch.setattr(pages, "DATA", tmp_path / "absent")
    return request.param


def test_pages_are_distinct_and_a_limit_takes_the_first_of_the_same_order(origin):
    every = pages.pages()
    assert len(every) >= 40
    assert len({page.url for page in every}) == len({page.html for page in every}) == len(every)
    assert all(page.url.startswith(("http://", "https://")) for page in every)
    assert pages.pages(10) == every[:10]


def test_no_pages_at_all_is_an_error_that_says_where_they_should_be(monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "DATA", tmp_path / "absent")
    monkeypatch.setattr(pages, "SAMPLE", tmp_path / "absent-too")
    with pytest.raises(InputError, match="absent-too"):
        pages.pages()


def test_our_reader_sees_every_page_of_the_written_warc_unchanged(tmp_path):
    chosen = pages.pages(12)
    pages.write_warc(tmp_path / "pages.warc.gz", chosen)
    source = Warc("pages", str(tmp_path))
    records = [record for partition in source.partitions() for record in source.read(partition)]
    assert [(record.url, record.payload) for record in records] == [(page.url, page.html) for page in chosen]


@pytest.mark.parametrize("kind", ["warc", "folder"])
def test_the_recipe_is_valid(tmp_path, kind):
    (tmp_path / 'pages "x"').mkdir()
    recipe = load(build.write_recipe(tmp_path / "recipe.toml", kind, tmp_path / 'pages "x"'))
    assert [entry.kind for entry in recipe.entries] == [kind] and recipe.document.domain.min_score == 0


@pytest.mark.slow
def test_both_sides_build_the_same_few_pages(tmp_path):
    pytest.importorskip("datatrove", reason="the peer is not installed (extra `bench`)")
    from bench import pipeline

    chosen = pages.pages(16)
    pages.write_warc(tmp_path / "in" / "pages.warc.gz", chosen)
    run_measured(pipeline.ours(tmp_path / "in", tmp_path / "ours"))
    run_measured(pipeline.datatrove(tmp_path / "in", tmp_path / "peer"))
    ours, peer = build.kept_urls(tmp_path / "ours" / "store"), pipeline.datatrove_urls(tmp_path / "peer" / "kept")
    assert build.inputs(tmp_path / "ours" / "store") == len(chosen)
    assert {"extract", "language", "signature", "pack"} <= set(build.cpu_by_step(tmp_path / "ours" / "store"))
    assert ours <= {page.url for page in chosen} and peer <= {page.url for page in chosen}
    assert len(ours & peer) >= 0.6 * len(ours | peer) > 0


@pytest.mark.slow
def test_a_benchmark_runs_as_a_file_and_as_a_module():
    for how in (["bench/pipeline.py"], ["-m", "bench.pipeline"]):
        done = subprocess.run(
            [sys.executable, *how, "--help"], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 and "--quick" in done.stdout, done.stderr
