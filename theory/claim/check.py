"""One instance on which a claim is checked: parameters, and how the quantity is found there.

A check is data. The quantity is computed (`Computed`: exact or enclosed, nothing random),
measured in a simulated network as a mean (`Measured`) or a median (`Typical`), or the exponent with
which something measured falls (`Scaling`). For the last three the check only describes the networks
and says which number each trajectory contributes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.claim.backward import Backward
from depthlaw.theory.errors import (
    ArgumentError,
    double,
    function,
    instance,
    integer,
    items,
    mapping,
    member,
    plain,
    positive,
    real_array,
    text,
)
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import Functional
from depthlaw.theory.values import Exact, Value

Array = NDArray[np.float64]
Scalar = int | float | Fraction
ParameterValue = Scalar | tuple[Scalar, ...]
Observed = Mapping[str, Array]
"""Observables by name, each of shape (replicas, depth + 1); index 0 is the initial batch."""


class Budget(StrEnum):
    """How much work a verification may do."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"

    @property
    def replicas_factor(self) -> int:
        """How many times the quick number of replicas may be drawn."""
        return {"quick": 1, "standard": 8, "thorough": 64}[self.value]

    def includes(self, other: Budget) -> bool:
        """Return whether a check that needs `other` runs under this budget."""
        order = list(Budget)
        return order.index(other) <= order.index(self)


@dataclass(frozen=True)
class Computed:
    """The quantity, found without sampling, at the working precision.

    Parameters
    ----------
    compute
        A function of the entries of `given`, by name, that returns a value: a SymPy expression or
        a whole number or fraction, exactly, or what `depthlaw.theory.values` has for enclosures. A
        `Numeric` supports a claim and certifies nothing.
    given
        The instance: numbers, names, lists and matrices of numbers. What is not in it the
        function must not depend on, so that whoever reads the instance can repeat it.
    """

    compute: Callable[..., Value | sp.Expr | Fraction | int]
    given: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        function("compute", self.compute, "a function of the entries of given")
        mapping("given", self.given, "values")

    def value(self) -> Value:
        """Return the quantity."""
        found = self.compute(**self.given)
        if isinstance(found, sp.Expr):
            return Exact(found)
        return Exact(sp.Rational(found)) if isinstance(found, int | Fraction) else found


@dataclass(frozen=True)
class PathAssumption:
    """Something that each simulated trajectory may or may not satisfy.

    A trajectory satisfies it if ``statistic(observed) >= threshold``; the statistic has shape
    (replicas,). The smallest statistic seen is reported as the largest threshold that held.
    """

    name: str
    statistic: Callable[[Observed], Array]
    threshold: float

    def __post_init__(self) -> None:
        text("name", self.name)
        function("statistic", self.statistic, "a function of the observables")
        object.__setattr__(self, "threshold", double("threshold", self.threshold))


@dataclass(frozen=True)
class Measured:
    """The quantity as a mean over independent simulated trajectories.

    Parameters
    ----------
    network, initial_gram, depth
        What is simulated; `initial_gram` has shape (n, n).
    observables
        Functionals of the Gram matrix, recorded at every layer of `layers`.
    per_replica
        Number that a trajectory contributes, shape (replicas,), from its observables. Without an
        assumption two by two trajectories may contribute one together, shape (replicas // 2,).
    lowest, highest
        Proved range of that number: the confidence interval rests on it.
    assumption
        If set, `per_replica` counts only on trajectories that satisfy it (0 on the others), and the
        check ends in ASSUMPTION_FAILED when most trajectories do not.
    layers
        Numbers of the layers, 0 to `depth`, in which observables are taken (NaN elsewhere); None
        for all.
    backward
        Gradients that are observed too, or None.
    """

    network: Network
    initial_gram: Array
    depth: int
    observables: Mapping[str, Functional]
    per_replica: Callable[[Observed], Array]
    lowest: float
    highest: float
    assumption: PathAssumption | None = None
    layers: tuple[int, ...] | None = None
    backward: Backward | None = None

    def __post_init__(self) -> None:
        network = instance("network", self.network, Network, "a Network")
        gram = real_array("initial_gram", self.initial_gram)
        if gram.shape != (network.columns, network.columns):
            raise ArgumentError(
                "initial_gram",
                f"an array of shape {gram.shape}",
                f"{network.columns} columns have a square one of that size",
            )
        object.__setattr__(self, "initial_gram", gram)
        object.__setattr__(self, "depth", integer("depth", self.depth, at_least=0))
        for name, functional in mapping("observables", self.observables, "functions").items():
            function(f"observables[{name!r}]", functional, "a function of Gram matrices")
        function("per_replica", self.per_replica, "a function of the observables")
        for name in ("lowest", "highest"):
            object.__setattr__(self, name, _end(name, getattr(self, name)))
        if self.lowest > self.highest:
            raise ArgumentError("highest", self.highest, f"it is below lowest = {self.lowest}")
        if self.assumption is not None:
            instance("assumption", self.assumption, PathAssumption, "a PathAssumption or None")
        if self.backward is not None:
            instance("backward", self.backward, Backward, "a Backward or None")
        if self.layers is not None:
            layers = items("layers", self.layers, "numbers of layers")
            layers = tuple(integer("layers", layer, at_least=0) for layer in layers)
            if max(layers, default=0) > self.depth:
                raise ArgumentError("layers", layers, f"the network has {self.depth} of them")
            object.__setattr__(self, "layers", layers)


def _end(argument: str, value: object) -> float:
    """Return one end of a range, which may be infinite."""
    number = plain(value)
    if isinstance(number, float) and math.isinf(number):
        return number
    return double(argument, value)


@dataclass(frozen=True)
class Typical:
    """The typical value of a number that has no proved range: its median over trajectories.

    The median lies between two order statistics of independent trajectories, whatever the law.
    A time average, or a growth rate (1/ℓ) log(…), tends to a constant almost surely; then its
    median tends to the same constant, and its mean need not even exist.

    Parameters
    ----------
    measured
        The experiment. Its range is not used, and it is judged on all trajectories: an assumption
        on them is refused.

    Raises
    ------
    ArgumentError
        If the experiment carries an assumption, which would put a 0 in place of a number.

    Examples
    --------
    >>> import math
    >>> from depthlaw.theory.network.gram import stable_rank
    >>> from depthlaw.theory.network import Linear, Rescale
    >>> one_layer = Measured(
    ...     Network(4, 2, (Linear(), Rescale())), np.eye(2), 1, {"r": stable_rank},
    ...     lambda observed: observed["r"][:, -1], -math.inf, math.inf)
    >>> Typical(one_layer).measured is one_layer
    True
    """

    measured: Measured

    def __post_init__(self) -> None:
        instance("measured", self.measured, Measured, "a Measured")
        assumption = self.measured.assumption
        if assumption is not None:
            raise ArgumentError(
                "measured", assumption.name, "a median takes all trajectories: leave it out"
            )


@dataclass(frozen=True)
class Scaling:
    """The exponent with which a typical value falls, as one size grows: a fitted log-log slope.

    At each size the median over independent trajectories is known by order statistics, whatever
    the law; the least-squares slope is linear in their logarithms, so its interval follows.
    Medians are used where means are out of reach: bounding the mean of a bounded number from above
    takes about range/mean samples, which a quantity that falls with the width does not afford.

    Parameters
    ----------
    sizes
        At least two sizes (widths, say), increasing.
    measured
        One experiment for each size; its `per_replica` must be positive. Ranges are not used.
    """

    sizes: tuple[int, ...]
    measured: tuple[Measured, ...]

    def __post_init__(self) -> None:
        sizes = tuple(integer("sizes", size) for size in items("sizes", self.sizes, "sizes"))
        if len(sizes) < 2 or any(a >= b for a, b in pairwise(sizes)):
            raise ArgumentError("sizes", sizes, "give two or more, increasing")
        measured = items("measured", self.measured, "experiments")
        for experiment in measured:
            instance("measured", experiment, Measured, "a list of Measured")
        if len(measured) != len(sizes):
            raise ArgumentError("measured", f"{len(measured)} of them", "give one for each size")
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "measured", measured)


Quantity = Computed | Measured | Typical | Scaling
_QUANTITIES: tuple[type[Quantity], ...] = (Computed, Measured, Typical, Scaling)


@dataclass(frozen=True, eq=False)
class Deferred(Mapping[str, ParameterValue]):
    """Parameters that take work: found when first read, and compared with the claim's then.

    Importing a claim, to list or to print it, costs nothing.
    """

    find: Callable[[], dict[str, ParameterValue]]

    def __post_init__(self) -> None:
        function("find", self.find, "a function without arguments that returns parameters")

    @cached_property
    def _found(self) -> dict[str, ParameterValue]:
        return self.find()

    def __getitem__(self, name: str) -> ParameterValue:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class Check:
    """One instance of a claim.

    Parameters
    ----------
    label
        What this instance shows, in a few words; unique within the claim, since it seeds the check.
    parameters
        Values of the claim's parameters.
    quantity
        How the claim's left side is found.
    budget
        Smallest budget in which the check runs.
    replicas
        Most trajectories under the quick budget (larger budgets multiply it).
    resolution
        For equalities: the smallest relative error that the check tells from equality.
    """

    label: str
    parameters: Mapping[str, ParameterValue]
    quantity: Quantity
    budget: Budget = Budget.QUICK
    replicas: int = 1000
    resolution: Fraction | None = field(default=None)

    def __post_init__(self) -> None:
        text("label", self.label)
        # Not looked into: some are computed when they are first asked for.
        mapping("parameters", self.parameters, "values")
        instance("quantity", self.quantity, _QUANTITIES, "a Computed, Measured, Typical or Scaling")
        object.__setattr__(self, "budget", member("budget", self.budget, Budget))
        object.__setattr__(self, "replicas", integer("replicas", self.replicas))
        if self.resolution is not None:
            finest = positive("resolution", self.resolution)
            object.__setattr__(self, "resolution", Fraction(finest))

    @property
    def instance(self) -> dict[str, Any]:
        """All that the instance is made of: parameters, what is computed from, what is simulated.

        >>> from depthlaw.theory.claim.registry import claim
        >>> claim("orthogonalization.tight-gap").checks[0].instance["layer"]
        'linear,rescale'
        """
        found = dict(self.parameters)
        if isinstance(self.quantity, Computed):
            return {**found, **self.quantity.given}
        experiments = experiments_of(self.quantity)
        first = experiments[0]
        described = first.network.to_json()
        rest = {name: described[name] for name in described if name not in ("width", "batch")}
        widths = [experiment.network.width for experiment in experiments]
        return {
            **found,
            **rest,
            "width": widths[0] if len(widths) == 1 else tuple(widths),
            "batch": first.network.batch,
            "depth": first.depth,
            "start": first.initial_gram,
            **({} if first.backward is None else {"gradients": first.backward.describe()}),
        }

    def document(self) -> dict[str, Any]:
        """Return the instance as plain data: whole numbers, exact text, lists, names.

        >>> from depthlaw.theory.claim.registry import claim
        >>> claim("orthogonalization.tight-gap").checks[0].document()["alpha"]
        '39/100'
        """
        return {name: _plainly(value) for name, value in self.instance.items()}


def _plainly(value: Any) -> Any:
    """Return plain data that determines a value of an instance."""
    if isinstance(value, np.ndarray):
        diagonal = np.diag(value) if value.ndim == 2 else value
        if value.ndim == 2 and np.array_equal(value, np.diag(diagonal)):
            same = bool((diagonal == diagonal[0]).all())
            return {"diagonal": float(diagonal[0]) if same else diagonal.tolist()}
        return value.tolist()
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    if isinstance(value, tuple | list):
        return [_plainly(entry) for entry in value]
    if value is None or isinstance(value, int | float | str):
        return value
    for name in ("label", "name"):
        if isinstance(named := getattr(value, name, None), str):
            return named
    return str(value)


def experiments_of(quantity: Measured | Typical | Scaling) -> tuple[Measured, ...]:
    """Return what is simulated for a sampled quantity."""
    match quantity:
        case Measured():
            return (quantity,)
        case Typical(measured):
            return (measured,)
        case Scaling(_, experiments):
            return experiments
