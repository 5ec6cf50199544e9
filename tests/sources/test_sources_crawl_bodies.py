"""Bodies of captures: every member is decoded, what cannot be decoded is refused, and numbers are ASCII digits."""

import gzip
import zlib

import brotli
import pytest

from ingest.decode import BodyError
from ingest.sources.archives.body import decode_body
from ingest.sources.archives.http import Response, parse_response

PAGE = b"<html>" + b"dose " * 100


def body_of(raw: bytes, *headers: tuple[str, str]) -> bytes:
    return decode_body(Response(200, headers, raw), 1 << 20)


def test_all_members_of_a_gzip_body_are_decoded() -> None:
    assert body_of(gzip.compress(PAGE) + gzip.compress(b"more"), ("content-encoding", "gzip")) == PAGE + b"more"


def test_many_small_members_take_no_quadratic_time() -> None:
    members = gzip.compress(b"x") * 20_000
    assert body_of(members, ("content-encoding", "x-gzip")) == b"x" * 20_000


@pytest.mark.parametrize("codings", ["gzip, br", "br,gzip", "deflate, gzip, br"])
def test_codings_are_undone_from_the_last_to_the_first(codings: str) -> None:
    raw = PAGE
    for coding in codings.replace(" ", "").split(","):
        raw = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[coding](raw)
    assert body_of(raw, ("content-encoding", codings)) == PAGE


@pytest.mark.parametrize("coding", ["zstd", "compress", "aws-chunked", "dcb"])
def test_an_unknown_coding_is_refused_unless_it_was_undone(coding: str) -> None:
    with pytest.raises(BodyError) as caught:
        body_of(b"\x28\xb5\x2f\xfd\x04\x00", ("content-encoding", coding))
    assert caught.value.reason == "bad-encoding"
    assert body_of(PAGE, ("content-encoding", coding)) == PAGE


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip"])
def test_a_body_stored_decoded_is_taken_as_it_is(coding: str) -> None:
    assert body_of(PAGE, ("content-encoding", coding)) == PAGE


def test_bytes_that_are_no_brotli_are_not_given_out_as_text() -> None:
    with pytest.raises(BodyError, match="br"):
        body_of(b"\xff\xfe\xfd\xfc" * 20, ("content-encoding", "br"))


@pytest.mark.parametrize("stated", ["\xb2", "9" * 5000, "-5", "", "1e3", " 7"])
def test_a_length_that_is_no_number_says_nothing(stated: str) -> None:
    assert body_of(b"abc", ("content-length", stated)) == b"abc"


@pytest.mark.parametrize("size", [b"1_0", b"+3", b"0x3", b"f" * 5000])
def test_a_chunk_size_is_hexadecimal_digits_only(size: bytes) -> None:
    raw = size + b"\r\nabc\r\n0\r\n\r\n"
    assert body_of(raw, ("transfer-encoding", "chunked")) == raw


@pytest.mark.parametrize("status", ["\xb2", "\xb2\xb2\xb2", "2000000", "9" * 5000, "ok", ""])
def test_a_status_that_is_no_number_is_none(status: str) -> None:
    assert parse_response(f"HTTP/1.1 {status}\r\n\r\n".encode("latin-1")).status == 0
