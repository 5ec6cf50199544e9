"""The plan for a corpus against a simulation of its tasks: none gets more than it was promised memory for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.tools.planted_signatures import Layout
from dedup.matching.lsh import IDENTITY_BANDS
from dedup.matching.plan import Corpus, plan
from shards.errors import InputError


def loads(documents: int, tasks: int, seed: int) -> np.ndarray:
    """Keys of each match task of a band: families meet in one bucket each, all else is spread by its hash."""
    random = np.random.default_rng(seed)
    families = np.diff(Layout(documents, seed).starts)
    found = np.bincount(random.integers(0, tasks, len(families)), weights=families, minlength=tasks)
    return found + random.multinomial(documents - families.sum(), np.full(tasks, 1 / tasks))


def members(documents: int, tasks: int, seed: int) -> np.ndarray:
    """Documents of each verify task, to which clusters are dealt in turn (in the order of their first documents)."""
    families = np.random.default_rng(seed).permutation(np.diff(Layout(documents, seed).starts))
    return np.array([families[task::tasks].sum() for task in range(tasks)])


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([300_000, 1_000_000]), st.integers(1, 100), st.integers(0, 10**6))
def test_the_largest_task_is_within_what_the_plan_reckons_with(documents: int, tasks: int, seed: int) -> None:
    largest = np.diff(Layout(documents, seed).starts).max() / documents
    matched, verified = loads(documents, tasks, seed), members(documents, tasks, seed)
    assert matched.sum() == documents
    assert matched.max() <= 1.2 * (documents / tasks + 3 * largest * documents)
    assert verified.max() <= 1.2 * (verified.sum() / tasks + 3 * largest * documents)


@given(st.integers(1_000, 10**10), st.integers(10_000, 2_000_000), st.floats(4e9, 64e9))
def test_no_task_needs_more_than_was_allowed_but_the_one_that_cannot_be_divided(
    documents: int, partition: int, memory: float
) -> None:
    try:
        made = plan(Corpus(documents, partition, largest=0.0001), memory)
    except InputError:
        return
    stages = {stage.name: stage for stage in made.stages}
    assert all(stage.memory <= 1.001 * memory for name, stage in stages.items() if name != "components")
    assert stages["match"].tasks == (14 + IDENTITY_BANDS) * made.prefixes
    assert stages["bands"].tasks == made.partitions and stages["verify"].tasks == made.verify_tasks


def test_three_billion_documents_fit_a_cluster_of_small_tasks() -> None:
    made = plan(Corpus(3_000_000_000, largest=0.0001))
    stages = {stage.name: stage for stage in made.stages}
    assert all(stages[name].memory <= 4e9 for name in ("bands", "match", "verify"))
    assert 24e9 < stages["components"].memory < 128e9
    assert made.files < 20_000
    assert sum(stage.written for stage in made.stages[:3]) < 1e12  # what is shuffled: half a terabyte, and no text


def test_too_little_memory_is_refused_with_what_to_do() -> None:
    with pytest.raises(InputError, match="make partitions smaller, or give tasks more"):
        plan(Corpus(10**9, partition=10_000_000))
