"""Isolation: extraction in a child process, so that a crash, a hang or a memory bomb costs exactly one document."""

import atexit
import dataclasses
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from ingest.extract.framing import Decoder, FramingError, encode
from ingest.extract.memory import peak_memory
from ingest.extract.options import Options
from ingest.extract.result import Extracted, ExtractError, RejectedError, Rejection
from shards.errors import BuildError

_CHUNK = 1 << 16
_START_SECONDS = 120.0  # for imports on a busy machine
_PASSED = ("PATH", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "HOME")


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one document may use. CPU time decides (it does not depend on how busy the machine is); `wall_seconds` ends
    what sleeps. `recycle`: documents after which a child is replaced."""

    cpu_seconds: int = 60
    wall_seconds: int = 300
    memory: int = 2 << 30  # bytes of address space
    max_pages: int = 2000  # of a PDF
    recycle: int = 500


DEFAULT_LIMITS = Limits()
DEFAULT_OPTIONS = Options()


class Sandbox:
    """One child process, started when needed, restarted after it died. Not for use by several threads.

    `peak`: bytes of memory that the child held at most while it worked on the last input, as the kernel counts them;
    for one on which it died, in its whole life. `lost`: children that died or had to be ended.
    """

    def __init__(self, limits: Limits, module: str = "ingest.extract.worker"):
        self._limits, self._module = limits, module
        self._child: subprocess.Popen | None = None
        self._decoder = Decoder()
        self._served = 0
        self._inherited = 0
        self.peak = 0
        self.lost = 0

    def extract(
        self, payload: bytes, mime: str, charset: str | None, url: str | None, options: Options = DEFAULT_OPTIONS
    ) -> Extracted:
        """Text of a payload. Raises `RejectedError` and `ExtractError`.

        Reasons beside the extractors' own: crash, timeout, oom.
        A crash or lack of memory is tried once more in a fresh child, so that what documents before it left behind, or
        a busy machine, does not decide.
        """
        header = {"mime": mime, "charset": charset, "url": url, "options": options.as_json()}
        try:
            return self._once(payload, header)
        except ExtractError as error:
            if error.reason not in ("crash", "oom"):
                raise
        try:
            return self._once(payload, header)
        except ExtractError as error:
            raise ExtractError(error.reason, str(error), attempts=2) from error

    def _once(self, payload: bytes, header: dict) -> Extracted:
        if self._child is None or self._served >= self._limits.recycle:
            self._start()
        self._served += 1
        try:
            request = encode(header | {"id": self._served}, payload)
        except FramingError as error:
            raise ExtractError("too-large", str(error)) from error
        try:
            header, text = self._exchange(request, self._limits.wall_seconds)
            found = result(header, text, self._served)
        except TimeoutError:
            self.peak = peak_memory(self._child.pid)
            self.lost += 1
            self.close()
            raise ExtractError("timeout", f"no answer in {self._limits.wall_seconds} s of wall time") from None
        except FramingError as error:
            self.lost += 1
            self.close()
            raise ExtractError("crash", f"the extractor's answer is damaged: {error}") from error
        except EOFError:
            raise self._autopsy() from None
        except BaseException:  # an alarm, Ctrl-C: the child may still answer, and the next document must not get that
            self.close()
            raise
        self.peak = header["peak"]
        if header.get("restart"):
            self.close()
        if not isinstance(found, Extracted):
            raise found
        return found

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for stream in (self._child.stdin, self._child.stdout):
                stream.close()
            self._child = None

    def _start(self) -> None:
        self.close()
        limits = (self._limits.memory, self._limits.cpu_seconds, self._limits.max_pages)
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join([root, *filter(None, sys.path)])
        self._inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._child = subprocess.Popen(
            [sys.executable, "-m", self._module, *map(str, limits)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, bufsize=0, env=environment(os.environ, path),
        )  # fmt: skip
        os.set_blocking(self._child.stdin.fileno(), False)
        os.set_blocking(self._child.stdout.fileno(), False)
        self._decoder, self._served = Decoder(), 0
        try:
            self._exchange(b"", _START_SECONDS)  # its first message says that it is ready
        except (EOFError, TimeoutError, FramingError) as error:
            self.close()
            command = f"{sys.executable} -m {self._module} {' '.join(map(str, limits))}"
            raise BuildError(
                f"the extraction process does not start ({error!r}); run by hand to see why: {command}"
            ) from error
        except BaseException:
            self.close()
            raise

    def _exchange(self, request: bytes, seconds: float) -> tuple[dict, bytes]:
        """Send while receiving (neither pipe can then block the other) until one message is complete."""
        child, deadline, unsent = self._child, time.monotonic() + seconds, memoryview(request)
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            if unsent:
                selector.register(child.stdin, selectors.EVENT_WRITE)
            while True:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError
                for key, _ in selector.select(remaining):
                    if key.fileobj is child.stdin:
                        try:
                            unsent = unsent[os.write(child.stdin.fileno(), unsent[:_CHUNK]) :]
                        except BrokenPipeError:
                            raise EOFError from None
                        if not unsent:
                            selector.unregister(child.stdin)
                    else:
                        data = os.read(child.stdout.fileno(), _CHUNK)
                        if not data:
                            raise EOFError
                        if (message := self._decoder.feed(data)) is not None:
                            return message

    def _autopsy(self) -> ExtractError:
        """Why the child died: CPU limit, memory limit (it was near it), or a crash."""
        child = self._child
        os.kill(child.pid, signal.SIGKILL)  # it may live on with its pipe closed; how a dying one ends is settled
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.lost += 1
        self.close()
        if child.returncode == -signal.SIGXCPU:
            return ExtractError("timeout", f"used up {self._limits.cpu_seconds} s of CPU time")
        # A child's peak begins with that of the process that started it (exec does not reset it): only growth counts.
        unit = 1 if sys.platform == "darwin" else 1024
        self.peak = usage.ru_maxrss * unit if usage.ru_maxrss > self._inherited else 0
        if usage.ru_maxrss > self._inherited and usage.ru_maxrss * unit > 0.6 * self._limits.memory:
            return ExtractError("oom", f"died near the memory limit of {self._limits.memory} bytes")
        name = signal.Signals(-child.returncode).name if child.returncode < 0 else f"exit status {child.returncode}"
        return ExtractError("crash", f"the extraction process died: {name}")


def environment(parent: Mapping[str, str], path: str) -> dict[str, str]:
    """What the child gets of its parent's environment: nothing that may hold a secret (HF_TOKEN, cloud keys)."""
    passed = {name: value for name, value in parent.items() if name in _PASSED or name.startswith("LC_")}
    return passed | {"PYTHONPATH": path, "PYTHONHASHSEED": "0"}


def result(header: dict, text: bytes, number: int) -> Extracted | ExtractError | RejectedError:
    """What an answer to request `number` says; raises `FramingError` for another's answer or a senseless one."""
    if header.get("id") != number:
        raise FramingError(f"answer to request {header.get('id')!r}, not to {number}")
    facts = {name: value for name, value in header.items() if name not in ("id", "restart", "peak")}
    try:
        if not isinstance(header["peak"], int):
            raise TypeError("peak must be a number")
        if "reason" in facts:
            reason, message = facts["reason"], facts["message"]
            if not isinstance(reason, str) or not isinstance(message, str):
                raise TypeError("reason and message must be text")
            return ExtractError(reason, message)
        if "rejected" in facts:
            return RejectedError(_rejection(facts["rejected"]))
        published, opt_out = facts.pop("published"), tuple(facts.pop("opt_out"))
        for value in [value for value in facts.values() if value is not None] + list(opt_out):
            if not isinstance(value, str):
                raise TypeError(f"{value!r} is not text")
        moment = datetime.fromisoformat(published) if published is not None else None
        return Extracted(text.decode(), published=moment, opt_out=opt_out, **facts)
    except (KeyError, TypeError, ValueError) as error:
        raise FramingError(f"not an answer of the extractor ({error!r})") from error


def _rejection(plain: dict) -> Rejection:
    found = Rejection(**plain)
    if not isinstance(found.reason, str) or not isinstance(found.language, str | None):
        raise TypeError("reason and language must be text")
    return dataclasses.replace(found, value=float(found.value), threshold=float(found.threshold))


@cache
def shared(limits: Limits) -> Sandbox:
    """This process's sandbox for these limits, kept between partitions and closed at exit."""
    sandbox = Sandbox(limits)
    atexit.register(sandbox.close)
    return sandbox
