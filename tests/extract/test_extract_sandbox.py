"""The sandbox: whatever one document does to the child, it costs that document only."""

import io
import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.framing import Decoder, FramingError, encode, read_message
from ingest.extract.result import ExtractError
from ingest.extract.sandbox import Limits, Sandbox, result
from shards.errors import BuildError

LIMITS = Limits(cpu_seconds=1, wall_seconds=3, memory=1 << 30)


@pytest.fixture
def sandbox(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])
    box = Sandbox(LIMITS, "misbehaving_worker")
    yield box
    box.close()


@pytest.mark.parametrize(
    ("mime", "reason"),
    [
        ("test/killed", "crash"), ("test/abort", "crash"), ("test/loop", "timeout"), ("test/sleep", "timeout"),
        ("test/memory", "oom"), ("test/refuse", "no-text"), ("test/error", "extractor-error"),
        ("test/recursion", "extractor-error"), ("test/senseless", "crash"),
    ],
)  # fmt: skip
def test_a_bad_document_costs_only_itself(sandbox, mime, reason):
    assert sandbox.extract(b"hello", "test/fine", None, None).text == "5 bytes, hello"
    with pytest.raises(ExtractError) as refused:
        sandbox.extract(b"hello", mime, None, None)
    assert refused.value.reason == reason
    assert refused.value.attempts == (
        2 if reason in ("crash", "oom") else 1
    )  # a fresh child may do what a worn one cannot
    assert sandbox.extract(b"world", "test/fine", None, None).text == "5 bytes, world"


def test_what_a_library_prints_is_not_taken_for_an_answer(sandbox):
    assert sandbox.extract(b"hello", "test/noise", None, None).text == "5 bytes, hello"


def test_large_payloads_pass_in_both_directions(sandbox):
    assert sandbox.extract(b"x" * (20 << 20), "test/fine", None, None).text == f"{20 << 20} bytes, xxxxx"


def test_the_memory_of_each_document_is_told_apart(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])
    sandbox = Sandbox(Limits(memory=1 << 30), "misbehaving_worker")
    sandbox.extract(b"x", "test/fine", None, None)
    usual = sandbox.peak
    sandbox.extract(b"x", "test/large", None, None)
    large = sandbox.peak
    sandbox.extract(b"x", "test/fine", None, None)
    assert usual < large - (80 << 20) and sandbox.peak < large - (80 << 20)
    assert large < 1 << 30 and sandbox.lost == 0
    sandbox.close()


def test_a_child_is_replaced_after_its_share_of_documents(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])
    box = Sandbox(Limits(recycle=2), "misbehaving_worker")
    children = []
    for _ in range(5):
        box.extract(b"hello", "test/fine", None, None)
        children.append(box._child.pid)
    box.close()
    assert [children.index(child) for child in children] == [0, 0, 2, 2, 4]


def test_a_closed_sandbox_leaves_no_process(sandbox):
    sandbox.extract(b"hello", "test/fine", None, None)
    child = sandbox._child.pid
    sandbox.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_child_that_cannot_start_is_an_error_that_says_how_to_look():
    with pytest.raises(BuildError, match="run by hand"):
        Sandbox(LIMITS, "no_such_module").extract(b"", "text/html", None, None)


HEADERS = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=200)), min_size=1, max_size=4), st.integers(1, 50))
def test_messages_survive_any_chopping(messages, step):
    stream = b"".join(encode(header, payload) for header, payload in messages)
    decoder, found = Decoder(), []
    for start in range(0, len(stream), step):
        message = decoder.feed(stream[start : start + step])
        while message is not None:
            found.append(message)
            message = decoder.feed(b"")
    assert found == messages
    reader = io.BytesIO(stream)
    assert [read_message(reader) for _ in messages] == messages
    assert read_message(reader) is None


@given(st.binary(max_size=100))
def test_senseless_bytes_are_no_message(data):
    decoder = Decoder()
    try:
        message = decoder.feed(data)
    except FramingError:
        return
    assert message is None or isinstance(message[0], dict)


def test_cpu_time_not_the_clock_ends_a_loop(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])
    box = Sandbox(Limits(cpu_seconds=1, wall_seconds=300), "misbehaving_worker")
    with pytest.raises(ExtractError, match="1 s of CPU time"):
        box.extract(b"", "test/loop", None, None)
    box.close()


class Alarm(BuildError):
    """What a step's time limit raises, wherever the program is."""


def test_an_interrupted_document_does_not_give_its_text_to_the_next(sandbox):
    def ring(signum, frame):
        raise Alarm("time is up")

    sandbox.extract(b"warm", "test/fine", None, None)
    previous = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(Alarm):
            sandbox.extract(b"first", "test/late", None, None)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert sandbox.extract(b"second", "test/fine", None, None).text == "6 bytes, secon"


def test_the_child_sees_no_secret_of_its_parent(sandbox, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    seen = sandbox.extract(b"", "test/environment", None, None).text.split()
    assert "HF_TOKEN" not in seen
    assert {"PATH", "PYTHONPATH", "PYTHONHASHSEED"} <= set(seen)


FINE = {"extractor": "x/1", "title": None, "author": None, "site": None, "language": None,
        "published": None, "license": None, "license_evidence": None, "opt_out": [], "id": 7, "peak": 5}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, b"\xff"), ({"published": "soon"}, b""), ({"published": 5}, b""), ({"opt_out": None}, b""),
        ({"more": "x"}, b""), ({"title": 5}, b""), ({"id": 6}, b""), ({"reason": "x"}, b""),
        ({"reason": None, "message": ""}, b""), ({"peak": None}, b""), ({"peak": "5"}, b""),
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_damage(change, text):
    assert result(FINE, b"fine", 7).text == "fine"
    with pytest.raises(FramingError):
        result(FINE | change, text, 7)
