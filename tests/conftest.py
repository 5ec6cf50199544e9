"""For all tests: no time limits, no spinning threads on small machines, nothing in the user's cache."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest
from hypothesis import settings

settings.register_profile("ours", deadline=None, print_blob=True)
settings.load_profile("ours")


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["MEDCORPUS_CACHE"] = str(tmp_path_factory.mktemp("cache"))
