"""Cuts a huge XML file of many equal records into single elements, each parsed alone.

A file of PubMed articles or wiki pages is one document, so that one broken tag would end a parser's pass. Cut at the
record's tags first, a broken record costs itself only, nothing grows with the file, and no DTD or entity is ever seen.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from html.entities import html5
from pathlib import Path

from lxml import etree

from ingest.extract.scripts import replace_by_text
from ingest.sources.base import Refusal
from ingest.sources.files import READ_ERRORS
from ingest.sources.stretches import lost, stretches

_READ = 1 << 15  # bytes; each element cut copies what is left of them
# No entities, no network, no DTD, no unbounded depth: XML from outside is data, never a program.
SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "remove_comments": True,
        "remove_pis": True}  # fmt: skip


def parse_element(data: bytes) -> etree._Element:
    """The element of one record; raises `lxml.etree.XMLSyntaxError` when it is malformed or not UTF-8."""
    return etree.fromstring(data, etree.XMLParser(**SAFE))


def parse_document(data: bytes) -> etree._Element:
    """The root of a whole document, HTML's named entities in it as text.

    Raises `lxml.etree.XMLSyntaxError`, or `EntityError` for an entity that only a DTD could explain.
    """
    root = parse_element(data)
    resolve_entities(root)
    return root


def read_document(data: bytes, name: str) -> etree._Element | Refusal:
    """The root of a file called `name` that is one document, or its refusal."""
    try:
        return parse_document(data)
    except (etree.XMLSyntaxError, EntityError) as error:
        reason = "entity" if isinstance(error, EntityError) else "malformed"
        return Refusal(name, "read", reason, str(error), name, sha256=hashlib.sha256(data).hexdigest())


class EntityError(ValueError):
    """An entity whose text is not known here: leaving it out could change what is said."""


def resolve_entities(root: etree._Element) -> None:
    """Replace the named entities below `root` that HTML knows (&micro;) by their text; raises `EntityError` for others.

    The DTD's own definitions are never followed.
    """
    for entity in list(root.iter(etree.Entity)):
        text = html5.get(f"{entity.name};")
        if text is None:
            raise EntityError(f"entity &{entity.name}; is not one of HTML's")
        replace_by_text(entity, text)


def strip_namespaces(root: etree._Element) -> etree._Element:
    """The tree with local tag names only (publishers put JATS, MathML and OASIS tables in namespaces or not)."""
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    return root


def read_elements(
    path: Path, name: str, tags: tuple[str, ...], limit: int
) -> Iterator[tuple[int, bytes, bool] | Refusal]:
    """`cut_elements` of a file called `name`, over damage: each damage is a refusal, and what follows it is read."""
    for stretch in stretches(path):
        offset = stretch.base
        try:
            for at, data, complete in cut_elements(stretch.stream, tags, limit):
                offset = stretch.base + at
                yield offset, data, complete
        except READ_ERRORS as error:
            yield lost(name, error, offset)


def cut_elements(stream: io.BufferedIOBase, tags: tuple[str, ...], limit: int) -> Iterator[tuple[int, bytes, bool]]:
    """(byte offset in the decompressed stream, bytes, complete) of each `<tag ...>...</tag>`; none of `tags` nests.

    An element that ends with the stream, or holds more than `limit` bytes, or in which another begins, is not complete.
    What reading the stream raises (a cut file) passes through after the elements before it.
    """
    begin = re.compile(rf"<({'|'.join(map(re.escape, tags))})(?=[\s>])".encode())
    longest = max(map(len, tags)) + 2
    buffer, base, inside, end = b"", 0, False, b""
    while True:
        chunk = stream.read1(_READ)  # what is there already: a cut file raises only after its last whole bytes
        buffer += chunk
        while True:
            if not inside:
                match = begin.search(buffer)
                if match is None:
                    keep = 0 if not chunk else min(len(buffer), longest)
                    base += len(buffer) - keep
                    buffer = buffer[len(buffer) - keep :]
                    break
                base, buffer, inside = base + match.start(), buffer[match.start() :], True
                end = b"</" + match[1] + b">"
            close = buffer.find(end)
            again = begin.search(buffer, 1, close if close >= 0 else len(buffer))
            if again is not None:
                yield base, buffer[: again.start()], False
                base, buffer, inside = base + again.start(), buffer[again.start() :], False
            elif close >= 0:
                stop = close + len(end)
                yield base, buffer[:stop], stop <= limit
                base, buffer, inside = base + stop, buffer[stop:], False
            elif len(buffer) > limit:
                yield base, buffer[: 1 << 10], False
                base, buffer, inside = base + len(buffer), b"", False
                break
            else:
                break
        if not chunk:
            if inside and buffer:
                yield base, buffer, False
            return
