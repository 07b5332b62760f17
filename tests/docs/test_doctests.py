"""Every example in a docstring runs, whatever way the package was installed."""

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import depthlaw


def modules() -> list[str]:
    names = ["depthlaw", *(m.name for m in pkgutil.walk_packages(depthlaw.__path__, "depthlaw."))]
    return sorted(name for name in names if not name.endswith("__main__"))


def failures(module: ModuleType) -> int:
    return doctest.testmod(module).failed


@pytest.mark.parametrize("name", modules())
def test_examples_run(name: str) -> None:
    assert failures(importlib.import_module(name)) == 0


def test_the_walk_reaches_every_room() -> None:
    found = modules()
    assert {"depthlaw.theory.network.gram", "depthlaw.numerics.simulate", "depthlaw.main"} <= set(
        found
    )


def test_a_wrong_example_would_be_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    module = ModuleType("wrong")
    module.__doc__ = ">>> 1 + 1\n3\n"
    assert failures(module) == 1
    assert "Expected" in capsys.readouterr().out
