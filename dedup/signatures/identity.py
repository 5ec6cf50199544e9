"""Exact identity by address: which documents are captures of one page, and which only name the same one.

Captures of one address in one source are the same page read twice. Another source's document of that address may be an
abstract, another extraction or another page by now: there, an address only proposes, and the texts decide. An address
without a path names a site, not a page, and what answers a search names no page either: these count for nothing.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.signatures.words import text_buffers
from shards.hashing import mix
from shards.kernels import njit

NONE = 0  # in place of a hash: no page is named

# Of canonical URLs (ingest.urls): host, then the path, which may name a language or an index page, then the query.
_SITE = r"^[a-z]+://[^/?]*(/([a-z]{2}([-_][a-zA-Z]{2})?/)?((index|default|home|accueil|inicio|welcome)(\.\w+)?)?)?$"
_LANGUAGE = r"^[a-z]+://[^/?]*/[a-z]{2}([-_][a-zA-Z]{2})?$"
_SEARCH_PATH = (
    r"(?i)^[a-z]+://[^?]*/(search|searchresults?|search-results?|results?|recherche|rechercher|resultats?|ricerca|cerca"
    r"|risultati|busqueda|b%C3%BAsqueda|buscar|buscador|resultados?|find|query)(\.\w+)?(/|\?|$)"
)
_SEARCH_QUERY = (
    r"(?i)[?&](q|qs|query|s|search|search_?(query|term|text|word|string)s?|keys?|keywords?|terms?|text|find"
    r"|recherche|ricerca|cerca|busqueda|buscar|mot|mots|parola|palabras?)="
)


def url_hashes(documents: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Of each document (uint64): `url`, a hash of the page that its address names, and `page`, of it in its source.

    `NONE` where no page is named, or, of `page`, where the source does not say that it was fetched from there: many
    records of one publisher may state one landing page. Tables without these columns are of texts without addresses.
    """
    rows = documents.num_rows
    if not {"canonical_url", "source", "fetched"} <= set(documents.schema.names):
        return (pa.array(np.zeros(rows, np.uint64)),) * 2
    urls = documents["canonical_url"]
    named = pc.fill_null(names_a_page(urls), False).to_numpy(zero_copy_only=False)
    captured = named & pc.is_valid(documents["fetched"]).to_numpy(zero_copy_only=False)
    of_url = _hashed(pc.fill_null(urls, ""), np.zeros(rows, np.uint64))
    of_page = _hashed(documents["source"], of_url)
    return pa.array(np.where(named, of_url, NONE)), pa.array(np.where(captured, of_page, NONE))


def names_a_page(urls: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Whether each canonical URL names one page: not a whole site, not its entry in a language, not a search."""
    vague = pc.or_(pc.match_substring_regex(urls, _SITE), pc.match_substring_regex(urls, _LANGUAGE))
    searches = pc.or_(pc.match_substring_regex(urls, _SEARCH_PATH), pc.match_substring_regex(urls, _SEARCH_QUERY))
    return pc.invert(pc.or_(vague, searches))


def _hashed(texts: pa.ChunkedArray, seeds: np.ndarray) -> np.ndarray:
    found = seeds.copy()
    _hash_rows(*text_buffers(texts), found)
    return found


@njit(cache=True, nogil=True)
def _hash_rows(data, offsets, found):
    """FNV-1a of each row's bytes, onwards from `found`; never 0."""
    for row in range(len(found)):
        value = np.uint64(0xCBF29CE484222325) ^ found[row]
        for at in range(offsets[row], offsets[row + 1]):
            value = (value ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
        found[row] = max(mix(value), np.uint64(1))
