"""The kinds of sources a recipe can name (besides "crawl"), and the reader of each."""

from ingest.sources.e3c import E3C
from ingest.sources.folder import Folder
from ingest.sources.jats import Jats
from ingest.sources.mediawiki import MediaWiki
from ingest.sources.pubmed import PubMed
from ingest.sources.tables import Tables
from ingest.sources.warc import Warc

KINDS: dict[str, type] = {
    "e3c": E3C,
    "folder": Folder,
    "jats": Jats,
    "mediawiki": MediaWiki,
    "pubmed": PubMed,
    "table": Tables,
    "warc": Warc,
}
