"""Energy of a run: counted by the GPUs' or the CPU's own meters where there are any, else estimated by time.

In this order: NVML's energy counters of this machine's GPUs; RAPL's of its processor packages, which count what else
runs there, too; watts times seconds. Energy of further machines of the run is taken to be the same as this one's.
Cooling and memory are not counted on a GPU machine, nor the making of the machines. CO2 = kWh times a grid's factor.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pynvml
import torch

WORLD_GRID = 473.0  # g CO2 a kWh: world mean of 2024 (Ember, Global Electricity Review 2025)
CPU_WATTS = 10.0  # a thread, where nothing measures and nothing is stated
POWERCAP = Path("/sys/class/powercap")


class Meter:
    """Joules since it was made. `source` says how they are known."""

    def __init__(self, device: torch.device, local_processes: int = 1, watts: float = 0.0, powercap: Path = POWERCAP):
        self._read, self.source = find(device, local_processes, watts, powercap)
        self._first = self._read()

    def joules(self) -> float:
        """Joules since this meter was made."""
        return self._read() - self._first


def find(device: torch.device, processes: int, watts: float, powercap: Path) -> tuple[Callable[[], float], str]:
    """A function that gives joules from some beginning, and what it is."""
    if watts:
        return (lambda: time.monotonic() * watts), f"estimated: {watts:g} W stated, times the time"
    if device.type == "cuda":
        return nvml([torch.cuda.get_device_properties(number).uuid for number in range(processes)])
    counters = sorted(powercap.glob("intel-rapl:?/energy_uj"))
    if counters and all(_readable(counter) for counter in counters):
        return rapl(counters), "measured by RAPL: the processor packages, with all that ran on them"
    power = CPU_WATTS * torch.get_num_threads() * processes
    source = f"estimated: {CPU_WATTS:g} W a thread, {power:g} W in all, times the time"
    return (lambda: time.monotonic() * power), source


def nvml(uuids: list) -> tuple[Callable[[], float], str]:
    """The energy counters of these GPUs (millijoules since the driver was loaded)."""
    pynvml.nvmlInit()
    handles = [pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}") for uuid in uuids]

    def read() -> float:
        return sum(map(pynvml.nvmlDeviceGetTotalEnergyConsumption, handles)) / 1000

    return read, f"measured by NVML: {len(handles)} GPUs, without the rest of the machine"


def rapl(counters: list[Path]) -> Callable[[], float]:
    """Sum of the packages' counters (microjoules), whose wrapping round is made good."""
    spans = [int((path.parent / "max_energy_range_uj").read_text()) for path in counters]
    last = [int(path.read_text()) for path in counters]
    total = [0]

    def read() -> float:
        for place, (path, span) in enumerate(zip(counters, spans, strict=True)):
            now = int(path.read_text())
            total[0] += (now - last[place]) % (span + 1)
            last[place] = now
        return total[0] / 1e6

    return read


def co2_grams(joules: float, grid: float) -> float:
    """Grams of CO2 by a grid's grams a kWh."""
    return joules / 3.6e6 * grid


def _readable(path: Path) -> bool:
    try:
        path.read_text()
    except OSError:  # root's only, on most machines
        return False
    return True
