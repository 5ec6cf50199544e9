"""How much memory a process held at most: its own account since the last reset where the kernel keeps one (Linux)."""

import resource
import sys
from pathlib import Path

_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
_PEAK_ONLY = "5"  # what /proc/PID/clear_refs takes to begin the count of the peak anew (proc(5))


def reset_peak() -> None:
    """Begin the count anew for this process; without effect where the kernel cannot."""
    try:
        Path("/proc/self/clear_refs").write_text(_PEAK_ONLY)
    except OSError:
        return  # the peak is then that of the process's life: never less than the truth


def peak_memory(pid: int | None = None) -> int:
    """Most resident memory (bytes) since the last reset of this process, or of another; 0 when nothing tells."""
    try:
        status = Path(f"/proc/{pid or 'self'}/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT if pid is None else 0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) * 1024 if lines else 0
