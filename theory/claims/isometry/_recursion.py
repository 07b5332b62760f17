"""The mean-field recursion on rational starts, and the checks that the decay claims share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from flint import arb_mat, ctx

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import Check, Computed, Deferred, ParameterValue
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.kernels import CorrelationMap, centred_map
from depthlaw.theory.kernels.gram_flow import isometry_gap, next_gram
from depthlaw.theory.rigorous.matrices import RationalMatrix, determinant, to_balls
from depthlaw.theory.values import Enclosure, Value


@lru_cache(maxsize=64)
def centred(name: str) -> CorrelationMap:
    """Return the centred map of a catalogue activation."""
    return centred_map(activation(name))


@lru_cache(maxsize=256)
def _known(name: str, start: RationalMatrix, bits: int) -> list[arb_mat]:
    """Return the layers found so far at `bits` bits, the precision in force, to be extended."""
    return [to_balls(start)]


def layer(name: str, start: RationalMatrix, depth: int) -> arb_mat:
    """Return G^ℓ, enclosed at the working precision; earlier layers are kept."""
    found = _known(name, start, ctx.prec)
    while len(found) <= depth:
        found.append(next_gram(centred(name), found[-1]))
    return found[depth]


@dataclass(frozen=True)
class Instance:
    """A start, an activation and a depth at which a claim is tried."""

    label: str
    start: RationalMatrix
    activation: str
    depth: int

    @property
    def batch(self) -> int:
        """Samples, n."""
        return len(self.start)

    @property
    def title(self) -> str:
        """What the check shows."""
        return f"{self.label}, {self.activation}, layer {self.depth}"

    def gram(self) -> arb_mat:
        """Return G^ℓ, enclosed."""
        return layer(self.activation, self.start, self.depth)

    def next_gram(self) -> arb_mat:
        """Return F(G⁰), enclosed."""
        return next_gram(centred(self.activation), to_balls(self.start))

    def parameters(self, *names: str) -> Deferred:
        """Return the named parameters, found when read.

        Those that are not rational are rounded against the claim: all bounds fall with strength and
        smallest eigenvalue, which are rounded up.
        """
        largest = setting.largest_correlation(self.start)
        every: dict[str, Callable[[], ParameterValue]] = {
            "batch": lambda: self.batch,
            "depth": lambda: self.depth,
            "strength": lambda: setting.strength_above(self.activation),
            "smallest": lambda: setting.smallest_above(self.start),
            "determinant": lambda: determinant(self.start),
            "potential": lambda: largest / (1 - largest),
        }
        return Deferred(lambda: {name: every[name]() for name in names})


INSTANCES = (
    Instance("spread on a sphere, n = 5", setting.SPREAD, "relu", 0),
    Instance("two samples at ρ = 1/2", setting.PAIR, "relu", 40),
    Instance("nearly antipodal", setting.ANTIPODAL, "tanh", 20),
    Instance("equicorrelated at 9/10, n = 8", setting.CROWDED, "relu", 6),
    Instance("equicorrelated at 9/10, n = 8", setting.CROWDED, "tanh", 60),
    Instance("equicorrelated at 1/4, n = 32", setting.BATCH_32, "step", 4),
    Instance("spread on a sphere, n = 5", setting.SPREAD, "exp", 3),
    Instance("spread on a sphere, n = 5", setting.SPREAD, "gelu", 12),
    Instance("near-duplicates, n = 4", setting.DUPLICATES, "monomial(2)", 5),
    Instance("near-duplicates, n = 4", setting.DUPLICATES, "sin", 30),
    Instance("nearly low rank, n = 6", setting.LOW_RANK, "relu", 1),
    Instance("nearly low rank, n = 6", setting.LOW_RANK, "hermite(3)", 2),
)


def _quantity(instance: Instance) -> Value:
    return Enclosure(isometry_gap(instance.gram()))


def check(quantity: Callable[[Instance], Value], instance: Instance, *names: str) -> Check:
    """Return the check of a bound on a quantity of an instance."""
    return Check(
        instance.title, instance.parameters(*names), Computed(quantity, {"instance": instance})
    )


def gap_check(instance: Instance, *names: str) -> Check:
    """Return the check of a bound on −log I(G^ℓ)."""
    return check(_quantity, instance, *names)


def gap_checks(*names: str) -> tuple[Check, ...]:
    """Return the checks of a bound on −log I(G^ℓ) that holds at every depth."""
    return tuple(gap_check(instance, *names) for instance in INSTANCES)


def one_layer_checks(quantity: Callable[[Instance], Value], *names: str) -> tuple[Check, ...]:
    """Return the checks of a bound on `quantity`, which looks at F(G⁰)."""
    instances = {(each.label, each.activation): each for each in INSTANCES}
    return tuple(
        Check(
            f"{instance.label}, {instance.activation}",
            instance.parameters(*names),
            Computed(quantity, {"instance": instance}),
        )
        for instance in instances.values()
    )


def potential(gram: arb_mat) -> Enclosure:
    """Return γ(G) = max |ρ|/(1 − |ρ|)."""
    n = gram.nrows()
    largest = abs(gram[1, 0])
    for i in range(n):
        for j in range(i):
            largest = largest.max(abs(gram[i, j]))
    return Enclosure(largest / (1 - largest))


def even_mix(*degrees: int) -> tuple[Fraction, ...]:
    """Return c_1², …, c_K² with equal weight on the given degrees.

    >>> even_mix(1, 3) == (1, 0, 1)
    True
    """
    return tuple(Fraction(int(k in degrees)) for k in range(1, max(degrees) + 1))
