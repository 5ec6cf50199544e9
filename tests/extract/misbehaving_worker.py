"""A sandbox child that does what the request's media type says, started as a module by the sandbox tests."""

import os
import signal
import sys
import time

from ingest.extract.result import Extracted, ExtractError
from ingest.extract.worker import confine, serve


def handle(header: dict, payload: bytes) -> Extracted:
    match header["mime"]:
        case "test/killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "test/abort":
            os.abort()
        case "test/loop":
            while True:
                pass
        case "test/sleep":
            time.sleep(3600)
        case "test/memory":
            return Extracted(str(len(bytearray(8 << 30))), "test/1")
        case "test/large":
            return Extracted(str(len(b"x" * (100 << 20))), "test/1")
        case "test/noise":
            print("library chatter on stdout")
            os.write(1, b"\x00" * 100)
        case "test/late":
            time.sleep(1)
        case "test/environment":
            return Extracted(" ".join(sorted(os.environ)), "test/1")
        case "test/senseless":
            return Extracted("", None, opt_out=(5,))
        case "test/refuse":
            raise ExtractError("no-text", "nothing here")
        case "test/error":
            raise KeyError("surprise")
        case "test/recursion":
            return handle(header, payload)
    return Extracted(f"{len(payload)} bytes, {payload[:5].decode()}", "test/1", opt_out=("meta:noai",))


if __name__ == "__main__":
    confine(int(sys.argv[1]))
    serve(handle, int(sys.argv[2]))
