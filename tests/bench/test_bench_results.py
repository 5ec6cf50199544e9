"""Running benchmarks: what ends in the page and in the figures beside it, and what stays there."""

import json

import pytest

from bench.__main__ import HERE, main, run_all
from bench.frame import Benchmark, describe_machine
from bench.results import benchmarks, load, report
from shards.errors import InputError

GOOD = Benchmark("fast", "docs/s", 10.0, {"p": 4.0}, {"same": True, "bytes": 1234.0}).as_json()


@pytest.fixture
def folder(tmp_path):
    """A folder of tiny benchmarks: a good one, one that fails, one that prints no JSON, and a helper."""
    made = tmp_path / "fakes"
    made.mkdir()
    measure = '"""{about}"""\ndef measure(quick): ...\nimport sys\n{body}\n'
    print_good = f"print('a table', '--quick' in sys.argv); print('''{json.dumps(GOOD)}''')"
    (made / "fast.py").write_text(measure.format(about="How fast.", body=print_good))
    (made / "broken.py").write_text(measure.format(about="Breaks.", body="sys.exit('the peer is not installed')"))
    (made / "silent.py").write_text(measure.format(about="Says nothing.", body=""))
    (made / "helper.py").write_text("VALUE = 1\n")
    return made


def test_only_files_that_measure_are_benchmarks(folder):
    assert list(benchmarks(folder)) == ["broken", "fast", "silent"]
    assert {"pipeline", "startup"} <= set(benchmarks(HERE))
    assert not {"frame", "results", "__main__"} & set(benchmarks(HERE))


def test_results_show_every_benchmark_and_one_failure_fails_the_whole(folder, tmp_path):
    target = tmp_path / "RESULTS.md"
    assert run_all(folder, [], quick=True, target=target) is False
    text = target.read_text()
    assert f"Machine: {describe_machine()}" in text
    assert "| [fast](#fast) | docs/s | 10.0 | p 4.0 | 2.50 |" in text
    assert "How fast." in text and "| `same` | yes |" in text and "| `bytes` | 1,234 |" in text
    assert "| [broken](#broken) | | failed | | |" in text and "the peer is not installed" in text
    assert "| [silent](#silent) | | failed | | |" in text and "not JSON" in text


def test_naming_benchmarks_runs_those_alone_and_leaves_the_others_sections(folder, tmp_path, capsys):
    target = tmp_path / "RESULTS.md"
    assert run_all(folder, ["fast"], quick=True, target=target) is True
    assert "a table True" in capsys.readouterr().out
    assert "broken" not in target.read_text()
    assert run_all(folder, ["silent"], quick=False, target=target) is False
    outcomes = load(tmp_path / "RESULTS.json")
    assert outcomes["fast"].quick and outcomes["fast"].result == GOOD and not outcomes["silent"].quick
    assert "| [fast](#fast) | docs/s | 10.0 | p 4.0 | 2.50 |" in target.read_text()


def test_an_unknown_name_is_refused_before_anything_runs(folder, tmp_path):
    target = tmp_path / "RESULTS.md"
    with pytest.raises(InputError, match=r"no benchmark called fats; there are: broken, fast, silent"):
        run_all(folder, ["fats"], quick=True, target=target)
    assert not target.exists()


def test_each_section_states_its_day_its_mode_and_its_machine_where_they_differ(folder, tmp_path):
    run_all(folder, ["fast", "broken"], quick=False, target=tmp_path / "RESULTS.md")
    figures = json.loads((tmp_path / "RESULTS.json").read_text())
    figures["fast"] |= {"day": "2026-11-22", "machine": "8 cores"}
    (tmp_path / "RESULTS.json").write_text(json.dumps(figures))
    text = report(load(tmp_path / "RESULTS.json"), folder)
    assert "Machine B: 8 cores" in text and "2026-11-22, full run, machine B; took " in text
    assert f"Machine A: {describe_machine()}" in text


def test_a_file_that_holds_no_results_is_named(tmp_path):
    (tmp_path / "RESULTS.json").write_text('{"fast": 3}')
    with pytest.raises(InputError, match=r"RESULTS\.json is not a file of results"):
        load(tmp_path / "RESULTS.json")


def test_the_page_in_the_repository_is_what_its_figures_say():
    """Summary rows and tables, not the texts, which change more often: `python -m bench --show` writes it anew."""
    page, made = (HERE / "RESULTS.md").read_text(), report(load(HERE / "RESULTS.json"), HERE)
    tables = [[line for line in text.splitlines() if line.startswith("|")] for text in (page, made)]
    assert tables[0] == tables[1]


def test_the_page_can_be_written_anew_without_measuring(folder, tmp_path):
    target = tmp_path / "RESULTS.md"
    target.with_suffix(".json").write_text((HERE / "RESULTS.json").read_text())
    main([], quick=False, show=True, out=target)
    assert target.read_text() == report(load(HERE / "RESULTS.json"), HERE)
