"""A Ray head node with its job server and token authentication, as docs/cluster.md starts it, and jobs for it."""

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
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@contextmanager
def job_server(folder: Path, cpus: int = 2) -> Iterator[tuple[str, dict[str, str]]]:
    """Address and environment of a head node that asks for a token; its files are in `folder`."""
    token = folder / "token"
    token.write_text(secrets.token_hex(32))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment = clean | {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "PATH": f"{BIN}:{clean['PATH']}",
    }
    dashboard, port = free_port(), free_port()
    own = environment | {"RAY_ADDRESS": f"127.0.0.1:{port}"}  # else Ray's helpers ask the machine's latest cluster
    command = [str(BIN / "ray"), "start", "--head", "--block", f"--num-cpus={cpus}", f"--port={port}",
               "--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}",
               f"--dashboard-agent-listen-port={free_port()}", "--disable-usage-stats"]  # fmt: skip
    with (folder / "head.log").open("w") as log:
        head = subprocess.Popen(command, env=own, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    address = f"http://127.0.0.1:{dashboard}"
    try:
        for _ in range(120):
            if head.poll() is not None:
                raise RuntimeError((folder / "head.log").read_text()[-3000:])
            if status(f"{address}/api/version", token.read_text()) == 200:
                break
            time.sleep(1)
        yield address, environment
    finally:
        os.killpg(head.pid, signal.SIGTERM)
        head.wait(timeout=60)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status(url: str, token: str = "") -> int | None:
    """HTTP status of a request with this token; None when nobody answers."""
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
