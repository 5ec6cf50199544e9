"""`ray job submit` runs a recipe on a cluster with token authentication on; docs/cluster.md shows the same commands."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_builds import REPOSITORY, Site

from catalog.versions import Catalog

pytestmark = pytest.mark.slow
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Address and environment of a head node that asks for a token."""
    token = tmp_path / "token"
    token.write_text(secrets.token_hex(32))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment = clean | {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "PATH": f"{BIN}:{clean['PATH']}",
    }
    dashboard = free_port()
    command = [str(BIN / "ray"), "start", "--head", "--block", "--num-cpus=2", f"--port={free_port()}",
               "--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}",
               f"--dashboard-agent-listen-port={free_port()}", "--disable-usage-stats"]  # fmt: skip
    with (tmp_path / "head.log").open("w") as log:
        head = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    address = f"http://127.0.0.1:{dashboard}"
    try:
        for _ in range(120):
            if head.poll() is not None:
                pytest.fail((tmp_path / "head.log").read_text()[-3000:])
            if _status(f"{address}/api/version", token.read_text()) == 200:
                break
            time.sleep(1)
        yield address, environment
    finally:
        os.killpg(head.pid, signal.SIGTERM)
        head.wait(timeout=60)


def _status(url: str, token: str = "") -> int | None:
    try:
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
        return urllib.request.urlopen(request, timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def submit(address: str, environment: dict[str, str], entrypoint: list[str]) -> subprocess.CompletedProcess:
    """Submit and wait for the job's end; a head that has just started answers for a while that it has no agent yet."""
    command = [str(BIN / "ray"), "job", "submit", "--address", address, "--working-dir", ".", "--", *entrypoint]
    for _ in range(20):
        done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
        if "No available agent" not in done.stderr + done.stdout:
            return done
        time.sleep(2)
    return done


def test_a_job_builds_the_demo_recipe_and_logs_its_progress(
    cluster: tuple[str, dict[str, str]], site: Site, tmp_path: Path
) -> None:
    address, environment = cluster
    assert _status(f"{address}/api/jobs/") in (401, 403), "the cluster must refuse a visitor without a token"
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
