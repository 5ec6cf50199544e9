"""Compiled kernels are found again only while no kernel's source has changed."""

from shards.kernels import cache_folder

_KERNEL = "from shards.kernels import njit\n\n@njit(cache=True)\ndef twice(x):\n    return {}\n"


def test_a_change_in_any_file_with_kernels_names_another_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    for package in ("dedup", "filters/language"):
        (tmp_path / package).mkdir(parents=True)
    kernel, other = tmp_path / "filters/language/kernel.py", tmp_path / "dedup/plain.py"
    kernel.write_text(_KERNEL.format("2 * x"))
    before = cache_folder(tmp_path)
    other.write_text("x = 1\n")
    assert cache_folder(tmp_path) == before
    kernel.write_text(_KERNEL.format("x + x"))
    assert cache_folder(tmp_path) != before
    assert before.parent == tmp_path / "cache"
