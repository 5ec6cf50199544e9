"""The kinds of fetchers a source of a recipe can name in its `fetch` table."""

from ingest.fetch.agencies import AifaLeaflets, BdpmPages
from ingest.fetch.common_crawl import CommonCrawl
from ingest.fetch.ema import EmaProducts
from ingest.fetch.files import Files, Listing
from ingest.fetch.hub import HubFiles
from ingest.fetch.pages import CimaDocuments, ClinicalTrialsPages, OaiPages
from ingest.fetch.pmc import PmcArticles
from ingest.fetch.wikimedia import WikimediaDump

FETCHERS: dict[str, type] = {
    "aifa": AifaLeaflets,
    "bdpm": BdpmPages,
    "cima": CimaDocuments,
    "clinicaltrials": ClinicalTrialsPages,
    "common-crawl": CommonCrawl,
    "ema": EmaProducts,
    "files": Files,
    "huggingface": HubFiles,
    "listing": Listing,
    "oai": OaiPages,
    "pmc": PmcArticles,
    "wikimedia": WikimediaDump,
}
