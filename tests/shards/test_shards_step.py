"""Keys: what shapes an output is in its name, what does not is not."""

import dataclasses

import pytest

from shards.errors import InputError
from shards.step import Step, key, library_version, local


@dataclasses.dataclass(frozen=True)
class _Source:
    name: str
    root: str = local(default="")


@dataclasses.dataclass(frozen=True)
class _Example(Step):
    source: _Source
    threshold: float = 0.5
    words: tuple[str, ...] = ()

    name = "example"
    libraries = ("pyarrow",)


def test_parameters_inputs_and_libraries_shape_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    step = _Example(_Source("a"))
    base = key(step, {"documents": ["d1"]})
    assert base == key(_Example(_Source("a")), {"documents": ["d1"]})
    assert base != key(_Example(_Source("b")), {"documents": ["d1"]})
    assert base != key(dataclasses.replace(step, threshold=0.6), {"documents": ["d1"]})
    assert base != key(step, {"documents": ["d2"]})
    monkeypatch.setattr(_Example, "version", 2)
    assert base != key(step, {"documents": ["d1"]})


def test_where_something_lies_does_not_shape_the_key() -> None:
    assert key(_Example(_Source("a", "/here")), {}) == key(_Example(_Source("a", "/there")), {})


def test_only_plain_data_can_be_a_parameter() -> None:
    with pytest.raises(InputError, match="plain data"):
        key(_Example(_Source("a"), words=(object(),)), {})


def test_a_missing_library_is_named() -> None:
    with pytest.raises(InputError, match="pip install no-such-thing"):
        library_version("no-such-thing")
