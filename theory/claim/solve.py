"""Inverse questions: the smallest width, or depth, at which a bound falls below a target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.claim import MOST_BITS, WORKING_BITS, Claim
from depthlaw.theory.claim.parameter import Domain, Parameter
from depthlaw.theory.errors import ArgumentError, instance, known_name, positive
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.values import Enclosure, Value, certainly_at_most

LARGEST = 10**60
"""No width or depth beyond this is looked at."""
Target = Callable[[Mapping[str, ParameterValue]], Value]


@dataclass(frozen=True)
class Solution:
    """The smallest whole number at which a bound is at most a target.

    Attributes
    ----------
    parameter, smallest
        Which parameter, and its value: certainly small enough, the number below certainly not
        (or not allowed).
    bound, target
        The bound there, and what it was to fall below.
    """

    parameter: str
    smallest: int
    bound: Value
    target: Value


def smallest(claim: Claim, parameter: str, target: float | Fraction, **others: object) -> Solution:
    """Return the smallest value of a parameter at which the bound is at most `target`.

    Equality counts; it is assumed where 4096 bits do not tell the two apart.

    Parameters
    ----------
    claim
        An upper bound that falls with the parameter.
    parameter
        One of ``claim.decreasing``, for instance ``"width"``.
    target
        Above 0; floats are taken exactly.
    others
        All other parameters of the claim.

    Raises
    ------
    UnknownNameError
        If the bound does not fall with `parameter`.
    ArgumentError
        If the target is not attained at any value up to 10^60, or an argument is impossible.

    Examples
    --------
    The bound meets its target there, and not one neuron earlier:

    >>> from depthlaw.theory.claim.registry import claim
    >>> lemma = claim("orthogonalization.lemma-6")
    >>> smallest(lemma, "width", Fraction(1, 100)).smallest
    100
    """
    instance("claim", claim, Claim, "a Claim, as claim(…) returns it")
    goal = Enclosure.of(positive("target", target))
    return _solve(claim, parameter, others, lambda _: goal, str(target), tie=True)


def smallest_not_vacuous(claim: Claim, parameter: str, **others: object) -> Solution:
    """Return the smallest value of a parameter at which the bound says something.

    Examples
    --------
    Theorem 1 needs a width above 9n⁵/(n−1), here 3072, if α = 1/n and the network is deep:

    >>> from depthlaw.theory.claim.registry import claim
    >>> theorem = claim("orthogonalization.theorem-1-corrected")
    >>> found = smallest_not_vacuous(theorem, "width", batch=4, depth=10**3, alpha=Fraction(1, 4))
    >>> found.smallest
    3073
    """
    instance("claim", claim, Claim, "a Claim, as claim(…) returns it")
    if claim.trivial is None:
        raise ArgumentError("claim", claim.id, "nothing is trivially true here to compare with")

    def trivial(accepted: Mapping[str, ParameterValue]) -> Value:
        value = claim.trivial_at(accepted)
        assert value is not None
        return value

    return _solve(claim, parameter, others, trivial, "what is trivially true", tie=False)


def _solve(
    claim: Claim,
    name: str,
    others: Mapping[str, object],
    target: Target,
    shown: str,
    *,
    tie: bool,
) -> Solution:
    known_name("parameter to solve for", name, claim.decreasing)
    if name in others:
        raise ArgumentError(name, others[name], "it is what is solved for: leave it out")
    least = _least_allowed(claim, _parameter(claim, name), others)

    def below(value: int) -> bool:
        answer = _is_below(claim, {**others, name: value}, target)
        return tie if answer is None else answer

    low, high = least - 1, least
    while not below(high):
        low, high = high, high * 2 if high else 1
        if high > LARGEST or not _allowed(claim, {**others, name: high}):
            largest = _largest_allowed(claim, name, others, low, min(high, LARGEST))
            if largest > low and below(largest):
                high = largest
                break
            with precision(WORKING_BITS):
                floor = claim.bound_at(claim.accept({**others, name: largest}))
            raise ArgumentError(
                "target", shown, f"the bound stays above {floor.lower:.6g} for every {name}"
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if below(middle) else (middle, high)
    accepted = claim.accept({**others, name: high})
    with precision(WORKING_BITS):
        return Solution(name, high, claim.bound_at(accepted), target(accepted))


def _parameter(claim: Claim, name: str) -> Parameter:
    found = next(parameter for parameter in claim.parameters if parameter.name == name)
    assert found.domain is Domain.INTEGER
    return found


def _least_allowed(claim: Claim, parameter: Parameter, others: Mapping[str, object]) -> int:
    """Return the smallest value that meets the claim's hypotheses, such as width ≥ batch.

    Where one is met it is taken to be met by all larger values that another does not exclude.
    """
    low, high = parameter.least - 1, parameter.least
    while True:
        try:
            claim.accept({**others, parameter.name: high})
            break
        except ArgumentError:
            # Where no value helps, the reason at the last one is not this parameter.
            low, high = high, max(2 * high, 1)
            if high > LARGEST:
                raise
    while high - low > 1:
        middle = (low + high) // 2
        if _allowed(claim, {**others, parameter.name: middle}):
            high = middle
        else:
            low = middle
    return high


def _allowed(claim: Claim, parameters: Mapping[str, object]) -> bool:
    try:
        claim.accept(parameters)
    except ArgumentError:
        return False
    return True


def _largest_allowed(
    claim: Claim, name: str, others: Mapping[str, object], low: int, high: int
) -> int:
    """Return the largest value from `low`, which is allowed, to `high` that is."""
    if _allowed(claim, {**others, name: high}):
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _allowed(claim, {**others, name: middle}) else (low, middle)
    return low


def _is_below(
    claim: Claim,
    parameters: Mapping[str, object],
    target: Target,
) -> bool | None:
    """Decide bound ≤ target, at as many bits as that takes; None for a tie that none breaks."""
    accepted = claim.accept(parameters)
    bits = WORKING_BITS
    while bits <= MOST_BITS:
        with precision(bits):
            answer = certainly_at_most(claim.bound_at(accepted), target(accepted))
        if answer is not None:
            return answer
        bits *= 2
    return None
