"""Many tokens, of which half attend to themselves: a batch that one head hardly contracts.

Around x̄ stand N tokens x̄ + e_i with an axis each, N copies of x̄, and x̄ + e_0. Scores are t of a
token of the first kind with itself, u of any token with the last one, 0 else: W_QK has t√d_qk on
the axes 1, …, N, and for u an entry as small as one likes, x̄ being as long as one likes. W_V = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure


@dataclass(frozen=True)
class ManyTokens:
    """The batch of 2N + 1 tokens; norms of what comes out, by its symmetry.

    Parameters
    ----------
    pairs
        N.
    own, common
        t and u.
    """

    pairs: int
    own: Fraction
    common: Fraction

    @property
    def label(self) -> str:
        """How it is called in an instance."""
        return f"N = {self.pairs}, t = {self.own}, u = {self.common}"

    @property
    def sums(self) -> tuple[arb, arb]:
        """The sums of e^score of a token of the first kind, and of any other."""
        shared = ball(self.common).exp()
        return ball(self.own).exp() + shared + 2 * self.pairs - 1, shared + 2 * self.pairs

    def norm(self) -> Enclosure:
        """Return min_x ‖SA(X) − 1xᵀ‖_{1,∞}: at least what any x gives, at most what one does.

        On axis 0 there are N values a and N + 1 values b, whose distances from a number add up to
        N(b − a) or more; two rows are no nearer to any third than half their distance.
        """
        first, other = self.sums
        own, shared = ball(self.own).exp(), ball(self.common).exp()
        column = self.pairs * shared * (1 / other - 1 / first)
        rest = (self.pairs - 1) * (1 / other - 1 / first)
        across = shared * (1 / other - 1 / first) + own / first - 1 / other + rest
        row = ((own - 1) / first).max(across / 2)
        axis = own / first - 1 / other + rest
        return Enclosure((column * row).sqrt().union((column.max(axis) * across).sqrt()))

    def rows(self) -> tuple[list[list[Fraction]], list[list[arb]]]:
        """Return X − 1x̄ᵀ and the scores, in full."""
        N = self.pairs
        zero, one = Fraction(0), Fraction(1)
        axes = [[one if k == i else zero for k in range(N + 1)] for i in range(N + 1)]
        tokens = [*axes[1:], *([[zero] * (N + 1)] * N), axes[0]]
        scores = [
            [
                ball(self.common) if j == 2 * N else ball(self.own if i == j and i < N else 0)
                for j in range(2 * N + 1)
            ]
            for i in range(2 * N + 1)
        ]
        return tokens, scores
