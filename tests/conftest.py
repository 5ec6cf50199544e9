"""For all tests: no time limits, no spinning threads on small machines, nothing in the user's cache."""

import os
import tempfile

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["MEDCORPUS_CACHE"] = tempfile.mkdtemp(prefix="medcorpus-test-cache-")

from hypothesis import settings

settings.register_profile("ours", deadline=None, print_blob=True)
settings.load_profile("ours")
