"""One fastText training in a process of its own: python -m filters.domain.training.fasttext SETTINGS, a JSON object.

fastText 0.9.2 with one thread, which alone is repeatable, fills only the first tenth of its input matrix and leaves
the rest as the allocator gave it: after an earlier training in the same process that is garbage, and ends in NaN or
in another model each time. Fresh pages of the system are zero; `train` starts a process that takes them.
"""

import json
import os
import subprocess
import sys

from shards.errors import InputError

_FRESH = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_PERTURB_": "0"}  # glibc: large blocks are new, zeroed pages


def train(settings: dict[str, str | int | float], model: str, quantize: bool) -> None:
    """Train with fastText's own `settings` (input, dim, ...) and write the model file."""
    job = json.dumps({"settings": settings, "model": model, "quantize": quantize})
    command = [sys.executable, "-m", "filters.domain.training.fasttext", job]
    done = subprocess.run(command, env=os.environ | _FRESH, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise InputError(f"fastText failed ({reason}) with {settings}; a lower rate often helps")


def main() -> None:
    """Run the training that the first argument describes."""
    import fasttext  # here only: the parent of this process has no use for it

    job = json.loads(sys.argv[1])
    model = fasttext.train_supervised(**job["settings"], thread=1, verbose=0)
    if job["quantize"]:
        model.quantize(qnorm=True, dsub=2, verbose=False)
    model.save_model(job["model"])


if __name__ == "__main__":
    main()
