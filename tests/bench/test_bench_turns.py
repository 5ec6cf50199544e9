"""Timing in turns: who runs when, and what counts."""

import time

from bench.tools.turns import cpu_seconds, in_short_turns, in_turns


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_only_cpu_time_counts():
    assert cpu_seconds(lambda: burn(0.05)) >= 0.05
    assert cpu_seconds(lambda: time.sleep(0.2)) < 0.1


def test_what_is_quick_is_called_again_and_the_mean_is_told():
    calls = []
    found = cpu_seconds(lambda: (calls.append(1), burn(0.01)), least=0.05)
    assert 2 <= len(calls) <= 5 and found >= 0.01


def test_each_side_runs_once_a_turn_and_its_median_is_told():
    ran, costs = [], iter([0.0, 0.06, 0.2])
    sides = {"a": lambda: (ran.append("a"), burn(next(costs))), "b": lambda: ran.append("b")}
    found = in_turns(sides, 3, least=0)
    assert ran == ["a", "b"] * 3
    assert 0.06 <= found["a"] < 0.2 and found["b"] < 0.06


def test_short_turns_give_each_side_every_item_once_a_turn_next_to_the_other_side():
    ran = []
    sides = {name: lambda items, name=name: ran.append((name, list(items))) for name in "ab"}
    in_short_turns(sides, range(5), 2, 2)
    once = [(name, items) for items in ([0, 1], [2, 3], [4]) for name in "ab"]
    assert ran == once * 2


def test_short_turns_add_up_to_a_whole_one():
    found = in_short_turns({"a": lambda items: burn(0.02 * len(items))}, range(4), 1, 2)
    assert found["a"] >= 0.08
