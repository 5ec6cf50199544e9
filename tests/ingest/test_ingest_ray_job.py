"""`ray job submit` runs a recipe on a cluster with token authentication on; docs/cluster.md shows the same commands."""

from pathlib import Path

import pytest
from ray_jobs import job_server, status, submit
from site_builds import Site

from catalog.versions import Catalog


@pytest.mark.slow
def test_a_job_builds_the_demo_recipe_and_logs_its_progress(site: Site, tmp_path: Path) -> None:
    with job_server(tmp_path) as (address, environment):
        assert status(f"{address}/api/jobs/") in (401, 403), "the cluster must refuse a visitor without a token"
        refused = submit(address, environment | {"RAY_AUTH_MODE": "disabled"}, ["python", "-c", "print(1)"])
        assert refused.returncode != 0
        root = site.store(tmp_path / "store")
        done = submit(address, environment, ["python", "-m", "ingest", "run", str(site.recipe), "--root", str(root)])
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "progress: extract" in done.stdout
    assert "inputs = " in done.stdout
    catalog = Catalog(root)
    assert catalog.resolve("demo@latest").id in done.stdout
    assert not catalog.verify("demo").problems
