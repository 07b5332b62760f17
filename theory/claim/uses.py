"""A step that is another claim."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import sympy as sp

from depthlaw.theory.claim.fields import check_fields
from depthlaw.theory.claim.hypothesis import Requires
from depthlaw.theory.claim.inline import in_line
from depthlaw.theory.claim.outcome import Proof
from depthlaw.theory.claim.steps import Ground, StepResult
from depthlaw.theory.writing.latex import latex

if TYPE_CHECKING:
    from depthlaw.theory.claim.claim import Claim

_open: ContextVar[tuple[str, ...]] = ContextVar("claims whose proofs are being checked", default=())


@dataclass(frozen=True)
class Uses:
    """Another claim, at parameters of its own.

    The step holds where that claim is proved, none of the claims that it rests on rests on this
    one, and each of its `Requires` is true at these parameters or among what is known here.

    Parameters
    ----------
    title
        What the step says.
    claim
        An id.
    at
        What stands for the symbols of that claim.
    known
        Relations that hold where the step stands: hypotheses of the claim that is being proved.

    Examples
    --------
    >>> Uses("", "orthogonalization.no-such-lemma").check().holds
    False
    """

    title: str
    claim: str
    at: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    known: tuple[sp.Basic, ...] = ()
    ground: ClassVar[Ground] = Ground.CLAIM

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def right(self) -> sp.Expr:
        """The formula of that claim at these parameters."""
        return self._found().formula.subs(dict(self.at), simultaneous=True)

    def _found(self) -> Claim:
        from depthlaw.theory.claim.registry import claim

        return claim(self.claim)

    def check(self) -> StepResult:
        """Ask for that claim's proof and try its hypotheses."""
        from depthlaw.theory.claim.registry import claim_ids

        above = _open.get()
        if self.claim not in claim_ids():
            return self._failed(f"there is no claim {self.claim}")
        if self.claim in above:
            return self._failed(f"{' → '.join((*above, self.claim))} is a circle")
        found = self._found()
        token = _open.set((*above, self.claim))
        try:
            proof = found.derivation().proves(found.statement)
        finally:
            _open.reset(token)
        if proof is not Proof.PROVED:
            return self._failed(f"{self.claim} is {proof}, not proved")
        for hypothesis in found.assumes:
            if isinstance(hypothesis, Requires) and not self._holds(hypothesis.relation):
                return self._failed(f"{in_line(hypothesis.relation)} is not known here")
        return StepResult(self.title, self.ground, True, self.claim)

    def _holds(self, relation: sp.Basic) -> bool:
        here = relation.subs(dict(self.at), simultaneous=True)
        return bool(here == sp.true or here in self.known)

    def _failed(self, why: str) -> StepResult:
        return StepResult(self.title, self.ground, False, why)

    def latex(self) -> str:
        """Return that claim's statement at these parameters."""
        found = self._found()
        sign = {"upper": r"\le", "lower": r"\ge"}.get(found.sense.value, "=")
        quantity = found.quantity.subs(dict(self.at), simultaneous=True)
        return f"{latex(quantity)} {sign} {latex(self.right)}"
