import pytest
from catalog_fixture import build

from catalog.versions import Catalog


@pytest.fixture
def catalog(tmp_path):
    """An empty catalog."""
    return Catalog(tmp_path / "store")


@pytest.fixture
def manifest(catalog):
    """A version that is in the store but not committed."""
    return build(catalog.store)
