"""Settings that hold for every test."""

import os
from collections.abc import Iterator

import pytest
from flint import ctx
from hypothesis import settings

# The machine may be busy; a slow example is no bug. Failing examples print how to run them again.
# Continuous integration tries the same examples every time; new ones are sought at people's desks.
settings.register_profile(
    "depthlaw", deadline=None, print_blob=True, derandomize="CI" in os.environ
)
settings.load_profile("depthlaw")


@pytest.fixture(autouse=True)
def _global_precision_is_left_alone() -> Iterator[None]:
    """No test, and nothing a test calls, may leave flint's process-wide precision changed."""
    before = ctx.prec
    yield
    assert ctx.prec == before, "the working precision was changed and not put back"
