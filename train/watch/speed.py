"""How fast the chip works: its datasheet's peak, a measured one, and what share of them a run makes use of (MFU).

MFU = operations of the step (`train.flops`) / its seconds / processes / peak. The seconds are those of the whole step,
loading, optimizer and exchange included, evaluation and checkpoints not.
"""

import dataclasses
import time

import torch

# Dense bfloat16, without sparsity, in TFLOP/s, by a part of the device's name: NVIDIA's datasheets.
DATASHEET = {
    "B200": 2250.0, "GH200": 989.4, "H200": 989.4, "H100 PCIe": 756.0, "H100": 989.4, "H800": 989.4, "H20": 148.0,
    "A100": 312.0, "A800": 312.0, "L40S": 362.0, "L40": 181.0, "L4": 121.0, "A40": 149.7, "A30": 165.0, "A10": 125.0,
    "RTX 4090": 165.2, "RTX 3090": 71.0,
}  # fmt: skip
SQUARE = {"cuda": 8192, "cpu": 1024}  # rows and columns of the matrices that are multiplied to measure
ROUNDS, SECONDS = 3, 0.04


@dataclasses.dataclass(frozen=True)
class Peak:
    """Operations a second of one process's chip: as its maker says (None: not known) and as measured."""

    device: str
    datasheet: float | None
    measured: float

    def shares(self, rate: float) -> dict[str, float]:
        """MFU at that many operations a second of one process, against each peak that is known."""
        known = {} if self.datasheet is None else {"mfu_datasheet": rate / self.datasheet}
        return known | {"mfu_measured": rate / self.measured}


def peak(device: torch.device, dtype: torch.dtype) -> Peak:
    """The peak of this process's chip; measuring takes under a second."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    return Peak(name, datasheet(name) if dtype == torch.bfloat16 else None, measure(device, dtype))


def datasheet(name: str) -> float | None:
    """Dense bfloat16 operations a second of a GPU by its name; None for others."""
    found = [rate for part, rate in DATASHEET.items() if part.casefold() in name.casefold()]
    return found[0] * 1e12 if found else None


def measure(device: torch.device, dtype: torch.dtype) -> float:
    """Operations a second of the product of two square matrices, the best of some rounds."""
    size = SQUARE[device.type]
    left, right = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    best = 0.0
    for _ in range(ROUNDS + 1):  # the first one warms up
        done, began = 0, time.perf_counter()
        while done == 0 or time.perf_counter() - began < SECONDS:
            left @ right
            done += 1
            if device.type == "cuda" and done % 8 == 0:  # the queue must not run ahead of the clock
                torch.cuda.synchronize(device)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        best = max(best, done * 2 * size**3 / (time.perf_counter() - began))
    return best
