"""Settings that hold for every test."""

from collections.abc import Iterator

import pytest
from flint import ctx
from hypothesis import settings

# The machine may be busy; a slow example is no bug. Failing examples print how to run them again.
# Every run tries the same examples, so that it is red for everybody or for nobody; what sets its
# own settings inherits that. New examples are sought by `pytest --hypothesis-profile=search`.
settings.register_profile(
    "depthlaw", deadline=None, print_blob=True, derandomize=True, database=None
)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("depthlaw")


@pytest.fixture(autouse=True)
def _global_precision_is_left_alone() -> Iterator[None]:
    """No test, and nothing a test calls, may leave flint's process-wide precision changed."""
    before = ctx.prec
    yield
    assert ctx.prec == before, "the working precision was changed and not put back"
