import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))

from train_corpus import commit, ntrex


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    """Store with a version test@latest: 60 English, 40 Spanish and 20 French documents in two shards a language."""
    torch.set_num_threads(1)
    path = tmp_path_factory.mktemp("store")
    texts = {"en": ntrex("en", 600, 10), "es": ntrex("es", 400, 10), "fr": ntrex("fr", 200, 10)}
    commit(path, texts, shards_a_language=2)
    return path
