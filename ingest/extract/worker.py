"""The sandboxed child process: extracts one document after the other. Started by `ingest.extract.sandbox` only.

python -m ingest.extract.worker MEMORY_BYTES CPU_SECONDS MAX_PAGES
"""

import ctypes
import dataclasses
import os
import resource
import signal
import sys
from collections.abc import Callable

from ingest.extract.framing import encode, read_message
from ingest.extract.memory import peak_memory, reset_peak
from ingest.extract.result import Extracted, ExtractError, RejectedError

Handler = Callable[[dict, bytes], Extracted]
_PR_SET_PDEATHSIG = 1


def confine(memory: int) -> None:
    """Limit this process's memory, forbid core dumps and large files, and let it die with its parent (Linux)."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def allow_cpu(seconds: int) -> None:
    """Give the next document `seconds` of CPU time; the kernel ends the process when they are used up (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def serve(handle: Handler, cpu_seconds: int) -> None:
    """Answer messages on stdin until it ends: each gets one answer, or the end of this process is the answer."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library's print must not look like an answer
    answers.write(encode({"ready": os.getpid()}))
    answers.flush()
    while (message := read_message(requests)) is not None:
        allow_cpu(cpu_seconds)
        reset_peak()
        answers.write(answer(handle, *message))
        answers.flush()


def answer(handle: Handler, header: dict, payload: bytes) -> bytes:
    """The encoded answer to one request, under its `id`: the text with its facts, or a refusal; and `peak`, the most
    memory (bytes) that it took."""
    facts, text = _outcome(handle, header, payload)
    return encode({"id": header.get("id"), "peak": peak_memory()} | facts, text)


def _outcome(handle: Handler, header: dict, payload: bytes) -> tuple[dict, bytes]:
    try:
        found = handle(header, payload)
        facts = {
            "extractor": found.extractor, "title": found.title, "author": found.author, "site": found.site,
            "language": found.language,
            "published": found.published.isoformat() if found.published else None, "license": found.license,
            "license_evidence": found.license_evidence, "opt_out": list(found.opt_out),
        }  # fmt: skip
        return facts, found.text.encode("utf-8", "replace")
    except ExtractError as error:
        return {"reason": error.reason, "message": str(error)[:500]}, b""
    except RejectedError as error:
        return {"rejected": dataclasses.asdict(error.rejection)}, b""
    except MemoryError:
        return {"reason": "oom", "message": "out of memory", "restart": True}, b""
    except Exception as error:  # extractors raise anything on hostile input; it costs this document, its class named
        return {"reason": "extractor-error", "message": f"{type(error).__name__}: {error}"[:500]}, b""


def main() -> None:
    """Entry point of the child."""
    memory, cpu_seconds, max_pages = map(int, sys.argv[1:4])
    # After the fork, so that the parent never loads the extractors.
    from ingest.extract.html.extract import extract_html
    from ingest.extract.options import Options
    from ingest.extract.references import without_references

    def handle(header: dict, payload: bytes) -> Extracted:
        options = Options.from_json(header["options"])
        if header["mime"] == "application/pdf" or payload.startswith(b"%PDF-"):
            from ingest.extract.pdf.extract import extract_pdf  # compiled code: many a build has no PDF

            found = extract_pdf(payload, max_pages, options.pdf)
        else:
            found = extract_html(payload, header["charset"], header["url"], options.html)
        if options.references == "drop":
            found = dataclasses.replace(found, text=without_references(found.text))
        return found

    confine(memory)
    serve(handle, cpu_seconds)


if __name__ == "__main__":
    main()
