"""SIGKILL at random moments: no page lost, none twice, no half record, the delay kept."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from crawl_web import captured, failures, html, keeps

from ingest.crawl.crawler import crawl
from ingest.crawl.pin import finish

ROOT = Path(__file__).resolve().parents[2]
KILLS = 15
_CHILD = """
import json, sys
from pathlib import Path
from ingest.crawl.config import CrawlConfig
from ingest.crawl.crawler import crawl
settings = json.loads(sys.argv[1])
crawl(CrawlConfig(**{key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}),
      Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_killed_crawl_resumes_to_the_same_captures(serve, config, tmp_path):
    pages = {"/": html(*(f"/p{n}" for n in range(60))), "/old": {"status": 302, "headers": {"Location": "/p3"}}}
    pages |= {f"/p{n}": html(f"/p{n + 60}", "/old", text=f"{n} " * 2000) for n in range(120)}
    sites = [serve(dict(pages)) for _ in range(3)]
    settings = config(*(site.url for site in sites), delay=0.02, warc_bytes=20_000)
    rng, kills, logged = random.Random(5), 0, lambda: sum(len(site.log) for site in sites)
    while kills < KILLS:
        before = logged()
        command = [sys.executable, "-c", _CHILD, json.dumps(settings.as_json()), str(tmp_path / "killed")]
        child = subprocess.Popen(command, cwd=ROOT)
        wanted = before + rng.randrange(1, 24)
        while logged() < wanted and child.poll() is None:
            time.sleep(0.001)
        time.sleep(rng.random() * 0.03)
        assert child.poll() is None, "the crawl ended before it could be killed often enough"
        child.send_signal(signal.SIGKILL)
        child.wait()
        kills += 1
    crawl(settings, tmp_path / "killed")
    pin = finish(tmp_path / "killed")
    requests = [dict.fromkeys(path for _, path in site.log) for site in sites]
    repeated = sum(len(site.log) - len(seen) for site, seen in zip(sites, requests, strict=True))
    for site in sites:
        assert keeps(0.02, [when for when, _ in site.log])
    found = captured(tmp_path / "killed")  # raises on a URL that occurs twice and on a damaged record
    crawl(settings, tmp_path / "whole")
    finish(tmp_path / "whole")
    assert found == captured(tmp_path / "whole")
    assert len(found) == 3 * 121 == pin.counts["fetched"]
    assert failures(tmp_path / "killed") == failures(tmp_path / "whole")
    assert repeated <= KILLS * len(sites)  # what was in flight: at most one page a host
