"""For all tests: no time limits, and no spinning threads on small machines."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from hypothesis import settings

settings.register_profile("ours", deadline=None, print_blob=True)
settings.load_profile("ours")
