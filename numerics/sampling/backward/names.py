"""What the weight matrices of a stage are called."""

from __future__ import annotations

from collections import Counter

from depthlaw.numerics.sampling.backward.heads import parts_of
from depthlaw.numerics.sampling.walk.lowered import Sequence, is_fresh, program, walked
from depthlaw.theory.network import Attention, Network, Operation

OUTPUT = "output"
"""The map of all heads together back to the width."""


def names_of(operations: Sequence) -> dict[int, str]:
    """Return names of the operations that draw weights, by their place in the order of the walk.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> names_of(parse_layer("linear,residual(relu,linear),attention"))
    {0: 'linear 1', 3: 'linear 2', 4: 'attention'}
    """
    fresh = {place: o for place, o in enumerate(walked(operations)) if is_fresh(o)}
    usual = Counter(map(_kind, fresh.values()))
    seen: Counter[str] = Counter()
    found = {}
    for place, operation in fresh.items():
        kind = _kind(operation)
        seen[kind] += 1
        found[place] = kind if usual[kind] == 1 else f"{kind} {seen[kind]}"
    return found


def weight_names(network: Network) -> tuple[str, ...]:
    """Return the names of all weight matrices, those of the stem and the head among them.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> weight_names(Network(4, 2, parse_layer("linear,relu"), head=parse_layer("linear")))
    ('linear', 'head linear')
    """
    found, names = program(network), []
    for prefix, operations in (("stem ", found.stem), ("", found.layer), ("head ", found.head)):
        places = list(walked(operations))
        for place, name in names_of(operations).items():
            names += [prefix + each for each in matrices_of(places[place], name)]
    return tuple(names)


def matrices_of(operation: Operation, name: str) -> tuple[str, ...]:
    """Return the names of the matrices that an operation of this name draws."""
    if isinstance(operation, Attention):
        return tuple(f"{name} {part}" for part in (*parts_of(operation), OUTPUT))
    return (name,)


def _kind(operation: Operation) -> str:
    return type(operation).__name__.lower()
