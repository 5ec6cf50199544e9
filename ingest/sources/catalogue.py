"""The kinds of sources a recipe can name (besides "crawl"), and the reader of each."""

from ingest.sources.aifa import Aifa
from ingest.sources.archives.warc import Warc
from ingest.sources.bdpm import Bdpm
from ingest.sources.cima import Cima
from ingest.sources.clinicaltrials import ClinicalTrials
from ingest.sources.corpora import Corpus, Cowese, Edp, Spaccc, Ufal
from ingest.sources.e3c import E3C
from ingest.sources.emea import Emea
from ingest.sources.epar import Epar
from ingest.sources.folder import Folder
from ingest.sources.huggingface import HuggingFace
from ingest.sources.jats.article import Jats
from ingest.sources.oai import Oai
from ingest.sources.patents import Epo, Patents
from ingest.sources.pmc import Pmc
from ingest.sources.pubmed import PubMed
from ingest.sources.tables import Tables
from ingest.sources.wiki.html import WikiHtml
from ingest.sources.wiki.mediawiki import MediaWiki

KINDS: dict[str, type] = {
    "aifa": Aifa,
    "bdpm": Bdpm,
    "cima": Cima,
    "clinicaltrials": ClinicalTrials,
    "cowese": Cowese,
    "e3c": E3C,
    "edp": Edp,
    "emea": Emea,
    "epar": Epar,
    "epo": Epo,
    "folder": Folder,
    "huggingface": HuggingFace,
    "jats": Jats,
    "mediawiki": MediaWiki,
    "oai": Oai,
    "patents": Patents,
    "pmc": Pmc,
    "pubmed": PubMed,
    "spaccc": Spaccc,
    "table": Tables,
    "text": Corpus,
    "ufal": Ufal,
    "warc": Warc,
    "wikihtml": WikiHtml,
}
