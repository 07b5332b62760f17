"""One call makes a claim from its parts; it is the only way that a file of claims needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache

from depthlaw.theory.claim.check import Check
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Derivation, Heading
from depthlaw.theory.claim.hypothesis import Hypothesis
from depthlaw.theory.claim.ids import identifier
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import Parameter
from depthlaw.theory.claim.source import OWN, Source
from depthlaw.theory.claim.statement import Statement
from depthlaw.theory.claim.steps import Step
from depthlaw.theory.errors import function, items


def declare(
    name: str,
    title: str,
    statement: Statement,
    *,
    checks: Iterable[Check],
    parameters: Iterable[Parameter] = (),
    assumes: Iterable[Hypothesis] = (),
    source: Source = OWN,
    status: Status = Status.CONJECTURE,
    expected: Outcome = Outcome.SUPPORTED,
    derivation: Callable[[], Derivation | Iterable[Step | Heading]] = tuple,
    control: Fraction | None = None,
    decreasing: Iterable[str] = (),
    errata: Iterable[str] = (),
    siblings: Iterable[str] = (),
) -> Claim:
    """Return a claim.

    Parameters
    ----------
    name
        ``paper.statement``, or the ``__name__`` of a module whose last two parts say so.
    title
        What it says, in one line of words.
    statement
        As `upper`, `lower`, `equal` or `rate` make it.
    checks
        The instances on which it is tried.
    parameters
        What the formula depends on.
    assumes
        Every hypothesis, of the model too: words, `Requires` and `Condition`.
    source
        Where it is printed; default: nowhere.
    status, expected
        Where it comes from and the verdict it should get; default: a conjecture, supported.
    derivation
        A generator of steps and headings; default: no proof.
    control
        Factor on the bound that makes the claim false on its own checks.
    decreasing
        Parameters with which the bound falls, for which it can be solved.
    errata, siblings
        Misprints of the source, and ids to compare with.

    Returns
    -------
    Claim

    Raises
    ------
    ArgumentError, UnknownNameError
        As `Claim` raises them.

    Examples
    --------
    >>> import sympy as sp
    >>> from depthlaw.theory.claim import BATCH, Check, Computed, declare, equal
    >>> n = BATCH.symbol
    >>> def count(batch):
    ...     return sum(range(1, batch + 1))
    >>> gauss = declare(
    ...     "mine.gauss", "the sum of the first whole numbers",
    ...     equal(sp.Symbol("S"), n * (n + 1) / 2), parameters=(BATCH,),
    ...     checks=[Check(f"n = {n}", {"batch": n}, Computed(count, {"batch": n})) for n in (2, 9)])
    >>> gauss.bound(batch=4).expression
    10
    """
    function("derivation", derivation, "a generator of steps")

    @cache
    def build() -> Derivation:
        found = derivation()
        return found if isinstance(found, Derivation) else Derivation(tuple(found))

    return Claim(
        identifier(name),
        title,
        statement,
        source,
        status,
        expected,
        items("parameters", parameters, "Parameter objects"),
        items("checks", checks, "Check objects"),
        build,
        control,
        items("assumes", assumes, "hypotheses"),
        items("decreasing", decreasing, "names of parameters"),
        items("errata", errata, "texts"),
        items("siblings", siblings, "ids"),
    )
