"""Hypothesis strategies for the objects of this package, for your own property tests.

Gram matrices that break numerical code are rare among random ones: nearly equal samples, antipodal
pairs, tiny eigenvalues. Each of these has a family of its own here, and every example is valid by
`theory.gram.check_gram`. Examples shrink to few samples, no rotation and round numbers.
"""

from __future__ import annotations

try:
    import hypothesis as _hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "hypothesis":
        raise
    raise ModuleNotFoundError(
        "depthlaw.testing needs hypothesis: run python -m pip install 'depthlaw[test]'",
        name=error.name,
    ) from None

from depthlaw.testing.networks import architectures, networks
from depthlaw.testing.samples import batches, gram_matrices, spectra

__all__ = ["architectures", "batches", "gram_matrices", "networks", "spectra"]
