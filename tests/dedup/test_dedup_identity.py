"""Addresses: which name a page, and that captures of one page in one source share a hash that no other page has."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from dedup.signatures.identity import NONE, names_a_page, url_hashes


@pytest.mark.parametrize(
    "url",
    [
        "https://clinic.example/asthma",
        "https://clinic.example/fr/asthme.html",
        "https://clinic.example/?id=17",
        "https://clinic.example/article.php?id=17&lang=it",
        "https://clinic.example/research/asthma",
        "https://clinic.example/news/index.html",
        "https://clinic.example/drugs",
    ],
)
def test_an_address_with_a_path_or_a_number_names_a_page(url: str) -> None:
    assert names_a_page(pa.array([url])).to_pylist() == [True]


@pytest.mark.parametrize(
    "url",
    [
        "https://clinic.example",
        "https://clinic.example/",
        "https://clinic.example/index.html",
        "https://clinic.example/fr",
        "https://clinic.example/fr/",
        "https://clinic.example/pt-BR/index.php",
        "https://clinic.example/search?q=asthma",
        "https://clinic.example/fr/recherche/asthme",
        "https://clinic.example/buscar",
        "https://clinic.example/?s=asma",
        "https://clinic.example/list?page=2&keywords=asthma",
    ],
)
def test_sites_their_entries_and_searches_name_no_page(url: str) -> None:
    assert names_a_page(pa.array([url])).to_pylist() == [False]


def hashes(*rows: tuple[str, str | None, bool]) -> list[tuple[int, int]]:
    """(url, page) of documents given as (source, address, whether it was fetched from there)."""
    moment = datetime(2024, 5, 1, tzinfo=UTC)
    table = pa.table(
        {
            "source": pa.array([source for source, *_ in rows]),
            "canonical_url": pa.array([url for _, url, _ in rows], pa.string()),
            "fetched": pa.array([moment if fetched else None for *_, fetched in rows], pa.timestamp("s", tz="UTC")),
        }
    )
    return list(zip(*(column.to_pylist() for column in url_hashes(table)), strict=True))


def test_a_page_is_an_address_in_a_source_and_only_what_was_fetched_from_it() -> None:
    page, other = "https://clinic.example/asthma", "https://clinic.example/copd"
    first, again, elsewhere, record, third, none = hashes(
        ("web", page, True), ("web", page, True), ("crawl", page, True), ("table", page, False), ("web", other, True),
        ("web", None, True),
    )  # fmt: skip
    assert first == again and NONE not in first
    assert first[0] == elsewhere[0] == record[0] != third[0]
    assert len({first[1], elsewhere[1], third[1]}) == 3
    assert record[1] == NONE and none == (NONE, NONE)


def test_texts_without_addresses_have_none() -> None:
    url, page = url_hashes(pa.table({"doc_id": ["a", "b"]}))
    assert url.to_pylist() == page.to_pylist() == [NONE, NONE]
