"""The benchmarks' frame: the JSON contract and the direction of ratios."""

import json
import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import frame
from bench.__main__ import read_result
from bench.frame import Benchmark, describe_machine, rounded
from shards.errors import BuildError, InputError

POSITIVE = st.floats(1e-6, 1e9)
GOOD = {
    "name": "fast",
    "unit": "docs/s",
    "ours": 10.0,
    "peers": {"p": 4.0},
    "ratios": {"p": 2.5},
    "checks": {"same": True},
}
BROKEN = ["", "not json", "[1]", *map(json.dumps, ({"name": "x"}, GOOD | {"extra": 1}, GOOD | {"ratios": {}}))]


def test_json_has_exactly_the_contracts_fields_and_survives_a_round_trip():
    plain = Benchmark("fast", "docs/s", 10.0, {"p": 4.0}, {"same": True}).as_json()
    assert plain == GOOD
    assert read_result(json.dumps(plain)) == GOOD


@given(POSITIVE, POSITIVE, st.booleans())
def test_a_ratio_above_one_means_that_ours_is_better_whichever_way_the_unit_points(ours, peer, lower):
    ratio = Benchmark("b", "s" if lower else "docs/s", ours, {"p": peer}, lower_is_better=lower).ratios["p"]
    assert (ratio > 1) == (ours < peer if lower else ours > peer)


@given(st.floats(1e-12, 1e12))
def test_figures_keep_four_digits(value):
    assert rounded(value) == pytest.approx(value, rel=5.001e-4)
    assert rounded(True) is True and rounded(12345) == 12345 and rounded(0.0) == 0


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_figure_that_cannot_be_a_measurement_is_refused(value):
    with pytest.raises(InputError, match="positive and finite"):
        Benchmark("b", "s", value, {})
    with pytest.raises(InputError, match="peer is"):
        Benchmark("b", "s", 1.0, {"peer": value})


def test_a_check_that_is_not_a_number_is_refused():
    with pytest.raises(InputError, match="check jaccard"):
        Benchmark("b", "s", 1.0, {}, {"jaccard": math.nan})


def test_the_command_prints_the_table_first_and_the_json_object_as_its_last_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "--quick"])
    asked = []

    def measure(quick):
        asked.append(quick)
        return Benchmark("fast", "docs/s", 10.0, {"p": 4.0}, {"same": True})

    with pytest.raises(SystemExit) as ended:
        frame.run(measure, "About.")
    *table, last = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0 and asked == [True]
    assert json.loads(last) == GOOD
    assert "2.50 x" in "\n".join(table)


def test_an_error_of_the_project_is_one_line_and_exit_status_1(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench"])

    def measure(quick):
        raise InputError("no pages; clone all of it")

    with pytest.raises(SystemExit) as ended:
        frame.run(measure, "About.")
    streams = capsys.readouterr()
    assert ended.value.code == 1 and not streams.out
    assert "no pages; clone all of it" in streams.err and "Traceback" not in streams.err


@pytest.mark.parametrize("line", BROKEN)
def test_a_last_line_that_breaks_the_contract_is_refused(line):
    with pytest.raises(BuildError):
        read_result(line)


def test_the_machine_is_described_by_processor_memory_system_and_libraries():
    described = describe_machine()
    for part in ("cores", "GiB", "Python", "pyarrow", "trafilatura"):
        assert part in described
