"""The kinds of fetchers a source of a recipe can name in its `fetch` table."""

from ingest.fetch.common_crawl import CommonCrawl
from ingest.fetch.files import Files, Listing
from ingest.fetch.hub import HubFiles
from ingest.fetch.pages import CimaDocuments, ClinicalTrialsPages, OaiPages
from ingest.fetch.pmc import PmcArticles

FETCHERS: dict[str, type] = {
    "cima": CimaDocuments,
    "clinicaltrials": ClinicalTrialsPages,
    "common-crawl": CommonCrawl,
    "files": Files,
    "huggingface": HubFiles,
    "listing": Listing,
    "oai": OaiPages,
    "pmc": PmcArticles,
}
