"""The client of all fetchers: who asks, how often, what is tried again, and that a download is whole or not there."""

import hashlib
import itertools
import time
from pathlib import Path

import pytest
from fetch_server import Request, serve

from ingest.fetch import client as fetch_client
from ingest.fetch.client import Client, FetchError, recall, remember, retry_after
from shards.errors import InputError

DATA = bytes(range(256)) * 400


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_client, "_FIRST_PAUSE", 0.01)


def asking(**settings) -> Client:
    return Client("https://example.org/about", **({"interval": 0.0} | settings))


def test_every_request_says_who_asks() -> None:
    with serve({"/a": b"x"}) as site:
        assert asking().get(f"{site.url}/a").body == b"x"
        assert "https://example.org/about" in site.requests[0].headers["User-Agent"]
    with pytest.raises(InputError, match="contact"):
        Client("  ")


def test_requests_to_one_host_keep_the_interval() -> None:
    times = []

    def note(request: Request) -> bytes:
        times.append(time.monotonic())
        return b"x"

    with serve({"/a": note}) as site:
        client = asking(interval=0.2)
        for _ in range(4):
            client.get(f"{site.url}/a")
    assert min(b - a for a, b in itertools.pairwise(times)) >= 0.18


def test_a_busy_server_is_asked_again_and_not_before_it_says() -> None:
    times, replies = [], [(503, {"Retry-After": "1"}, b""), (429, {}, b""), (200, {}, b"done")]

    def busy(request: Request):
        times.append(time.monotonic())
        return replies[len(times) - 1]

    with serve({"/a": busy}) as site:
        assert asking().get(f"{site.url}/a").body == b"done"
    assert times[1] - times[0] >= 1.0


def test_what_cannot_pass_is_not_tried_again() -> None:
    with serve({}) as site:
        with pytest.raises(FetchError, match="404") as caught:
            asking().get(f"{site.url}/a")
        assert caught.value.status == 404
        assert len(site.requests) == 1


def test_attempts_end_and_a_long_wait_is_told_instead_of_slept() -> None:
    with serve({"/a": (500, {}, b""), "/b": (503, {"Retry-After": "86400"}, b"")}) as site:
        with pytest.raises(FetchError, match="3 attempts"):
            asking(attempts=3).get(f"{site.url}/a")
        with pytest.raises(FetchError, match="86,400 s"):
            asking().get(f"{site.url}/b")
        assert site.paths == ["/a"] * 3 + ["/b"]


def test_an_answer_larger_than_its_limit_is_refused() -> None:
    with serve({"/a": DATA}) as site, pytest.raises(FetchError, match="more than 1000 bytes"):
        asking().get(f"{site.url}/a", limit=1000)


def test_a_broken_transfer_is_gone_on_with(tmp_path: Path) -> None:
    cut = iter([True, False])

    def flaky(request: Request):
        if next(cut):
            return 200, {"ETag": '"v1"', "Content-Length": str(len(DATA))}, DATA[:70_000]
        assert request.headers["If-Range"] == '"v1"'
        first = int(request.headers["Range"].removeprefix("bytes=").rstrip("-"))
        assert first == 65_536
        return 206, {"Content-Range": f"bytes {first}-{len(DATA) - 1}/{len(DATA)}", "ETag": '"v1"'}, DATA[first:]

    with serve({"/a": flaky}) as site:
        digest = hashlib.md5(DATA).hexdigest()
        assert asking().download(f"{site.url}/a", tmp_path / "sub/a.bin", md5=digest) == len(DATA)
    assert (tmp_path / "sub/a.bin").read_bytes() == DATA
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["a.bin"]


def test_a_file_that_has_changed_meanwhile_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(b"old bytes")
    (tmp_path / "a.part.tag").write_text('"old"')
    with serve({"/a": DATA}) as site:
        asking().download(f"{site.url}/a", tmp_path / "a")
        assert site.requests[0].headers["Range"] == "bytes=9-"
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_download_killed_before_it_was_named_is_not_repeated(tmp_path: Path) -> None:
    with serve({"/a": DATA}) as site:
        asking().download(f"{site.url}/a", tmp_path / "a")
        (tmp_path / "a").rename(tmp_path / "b.part")
        (tmp_path / "b.part.tag").write_text(f'"{hash(DATA) & 0xFFFFFFFF:x}"')
        asking().download(f"{site.url}/a", tmp_path / "b", sha256=hashlib.sha256(DATA).hexdigest())
        assert len(site.requests) == 2
    assert (tmp_path / "b").read_bytes() == DATA


def test_a_wrong_digest_leaves_nothing(tmp_path: Path) -> None:
    with serve({"/a": DATA}) as site, pytest.raises(FetchError, match="md5"):
        asking().download(f"{site.url}/a", tmp_path / "a", md5="0" * 32)
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_a_file_is_exactly_that_part(tmp_path: Path) -> None:
    with serve({"/a": DATA, "/whole": lambda request: (200, {}, DATA)}) as site:
        asking().download(f"{site.url}/a", tmp_path / "a", byte_range=(100, 300))
        with pytest.raises(FetchError, match="whole file"):
            asking().download(f"{site.url}/whole", tmp_path / "b", byte_range=(100, 300))
        with pytest.raises(FetchError, match="asked for"):
            asking().download(f"{site.url}/a", tmp_path / "c", byte_range=(len(DATA) - 10, len(DATA) + 10))
    assert (tmp_path / "a").read_bytes() == DATA[100:300]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_retry_after_in_all_its_forms() -> None:
    assert retry_after("120", 0) == 120
    assert retry_after("Thu, 01 Jan 1970 00:01:40 GMT", 40) == 60
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT", 40) == 0
    assert retry_after("soon", 0) == 0


def test_state_is_remembered(tmp_path: Path) -> None:
    assert recall(tmp_path / ".state") is None
    remember(tmp_path / ".state", {"token": "x"})
    assert recall(tmp_path / ".state") == {"token": "x"}
