"""Every inequality on the mean-field recursion, at every depth, over random correlations."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import pytest
from flint import arb, arb_mat
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from depthlaw.numerics.verify import verify
from depthlaw.theory.activations import CATALOGUE
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _theorem_4 as theorem_4
from depthlaw.theory.claims.isometry.smallest_eigenvalue import polynomial_map
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.kernels.gram_flow import gram_layers, isometry_gap
from depthlaw.theory.kernels.power_series import PowerSeriesMap
from depthlaw.theory.rigorous.balls import ball, float_bounds, precision
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.rigorous.matrices import (
    RationalMatrix,
    determinant,
    log_determinant,
    smallest_eigenvalue,
    to_balls,
)
from depthlaw.theory.writing.symbols import n

BITS = 256
DEPTH = 6
GAP_CLAIMS = ("unconditional-decay", "sharp-decay", "quadratic-decay", "theorem-4")
A4 = ("lemma-a4", "lemma-a4-sharp", "lemma-a4-upper")


@dataclass(frozen=True)
class Polynomial(PowerSeriesMap):
    """f(ρ) = Σ c_k² ρᵏ/Σ c_k², k ≥ 1, exact at exact points."""

    squares: tuple[Fraction, ...]

    @property
    def strength(self) -> Fraction:
        """β = 2 − c_1²/Σ c_k²."""
        return 2 - self.squares[0] / sum(self.squares)

    def point(self, order: int, rho: arb) -> arb:
        assert order == 0
        total = arb(0)
        for square in reversed(self.squares):
            total = (total + ball(square)) * rho
        return total / ball(sum(self.squares, start=Fraction(0)))


def polynomials() -> st.SearchStrategy[Polynomial]:
    """Nonnegative coefficients of degree up to 5, not all 0."""
    squares = st.lists(st.integers(0, 8), min_size=1, max_size=5).filter(any)
    return squares.map(lambda found: Polynomial(tuple(map(Fraction, found))))


@st.composite
def correlations(draw: st.DrawFn, largest: int = 32) -> RationalMatrix:
    """Unit diagonal, positive definite: spread, low rank, near-duplicates, antipodal, equal."""
    n = draw(st.integers(2, largest) | st.integers(2, 5))
    if draw(st.integers(0, 4)) == 0:
        rho = draw(st.fractions(Fraction(-1, n - 1), 1, max_denominator=1000))
        matrix = setting.equicorrelated(n, rho)
    else:
        rank = draw(st.integers(1, 4))
        points = [[draw(st.integers(-4, 4)) for _ in range(rank)] for _ in range(n)]
        nudge = Fraction(1, draw(st.sampled_from((3, 50, 10**4))))
        if draw(st.booleans()):  # the second sample close to the first, or to its opposite
            moved = [Fraction(x) for x in points[0]]
            if draw(st.booleans()) and any(points[0]):
                square = sum(x * x for x in moved)
                moved = [-x / square for x in moved]  # inversion: the antipode on the sphere
            points[1:2] = [[x + nudge for x in moved]]
        matrix = setting.on_sphere(points)
    share = draw(
        st.sampled_from((Fraction(0), Fraction(1, 10**4), Fraction(1, 10), Fraction(3, 4)))
    )
    matrix = setting.mixed(matrix, share)
    assume(determinant(matrix) > 0)
    assume(setting.largest_correlation(matrix) > 0)
    return matrix


def bound_of(found: Claim, **values: arb) -> arb:
    """Evaluate the printed formula at balls."""
    return evaluate(found.formula, {p.symbol: values[p.name] for p in found.parameters})


def potential(gram: arb_mat) -> arb:
    return recursion.potential(gram).ball


@dataclass(frozen=True)
class Layer:
    """One layer with all that the bounds depend on."""

    depth: int
    gram: arb_mat
    values: dict[str, arb]


def layers(f: PowerSeriesMap, strength: Fraction, start: RationalMatrix) -> Iterator[Layer]:
    G = to_balls(start)
    values = {
        "batch": arb(len(start)),
        "strength": ball(strength),
        "smallest": smallest_eigenvalue(G),
        "determinant": ball(determinant(start)),
        "potential": potential(G),
    }
    for depth, gram in enumerate(gram_layers(f, G, DEPTH)):
        yield Layer(depth, gram, {**values, "depth": arb(depth)})


PAIR = setting.PAIR
SQUARE = Polynomial((Fraction(0), Fraction(1)))


@pytest.mark.parametrize("name", GAP_CLAIMS)
@settings(max_examples=settings.default.max_examples // 2)
@given(f=polynomials(), start=correlations())
@example(f=SQUARE, start=setting.ANTIPODAL)
@example(f=SQUARE, start=setting.CROWDED)
def test_bounds_on_the_gap_are_never_certainly_violated(
    name: str, f: Polynomial, start: RationalMatrix
) -> None:
    found = claim(f"isometry.{name}")
    with precision(BITS):
        for layer in layers(f, f.strength, start):
            assert not isometry_gap(layer.gram) > bound_of(found, **layer.values)


@given(f=polynomials(), start=correlations())
def test_the_potential_falls_by_beta(f: Polynomial, start: RationalMatrix) -> None:
    corollary = claim("isometry.corollary-a3")
    with precision(BITS):
        for layer in layers(f, f.strength, start):
            assert not potential(layer.gram) > bound_of(corollary, **layer.values)


@settings(max_examples=settings.default.max_examples // 2)
@given(f=polynomials(), start=correlations())
@example(f=SQUARE, start=PAIR)
def test_one_step_inequalities_hold_at_every_layer(f: Polynomial, start: RationalMatrix) -> None:
    step, theorem = claim("isometry.monotone-log-det"), claim("isometry.theorem-a2")
    beta = ball(f.strength)
    with precision(BITS):
        grams = [layer.gram for layer in layers(f, f.strength, start)]
        for now, after in pairwise(grams):
            lowest, later = smallest_eigenvalue(now), smallest_eigenvalue(after)
            assert not 1 - later > f.over(0, 1 - lowest)
            D = now.det()
            assert not -log_determinant(after) > bound_of(step, determinant=D, strength=beta)
            assert not potential(after) > bound_of(theorem, potential=potential(now), strength=beta)


@pytest.mark.parametrize("name", A4)
@given(start=correlations())
@example(start=setting.equicorrelated(4, Fraction(-1, 4)))
def test_determinants_obey_lemma_a4(name: str, start: RationalMatrix) -> None:
    found = claim(f"isometry.{name}")
    largest = setting.largest_correlation(start)
    values = {"batch": len(start), "largest": largest}
    try:
        accepted = found.accept({p.name: values[p.name] for p in found.parameters})
    except ArgumentError:
        assume(False)
    with precision(BITS):
        bound, value = found.bound_at(accepted).ball, ball(determinant(start))
        assert not (value > bound if found.sense is Sense.UPPER else value < bound)


def test_the_properties_could_fail() -> None:
    """A bound a little too small is certainly violated on instances like those drawn above."""
    f = Polynomial((Fraction(1), Fraction(1)))
    with precision(BITS):
        sharp = claim("isometry.sharp-decay")
        start, *_ = layers(f, f.strength, setting.CROWDED)
        assert isometry_gap(start.gram) > bound_of(sharp, **start.values) * ball(Fraction(99, 100))
        lowest = smallest_eigenvalue(to_balls(PAIR))
        after = to_balls(tuple(tuple(polynomial_map(f.squares, r) for r in row) for row in PAIR))
        assert 1 - smallest_eigenvalue(after) > ball(Fraction(99, 100)) * f.over(0, 1 - lowest)
        step = claim("isometry.monotone-log-det")
        square = to_balls(setting.equicorrelated(2, Fraction(1, 4)))
        bound = bound_of(step, determinant=ball(Fraction(3, 4)), strength=arb(2))
        assert -log_determinant(square) > bound * ball(Fraction(99, 100))


def test_equality_in_the_sharp_bound_on_equicorrelated_samples() -> None:
    with precision(BITS):
        first = next(layers(SQUARE, SQUARE.strength, setting.CROWDED))
        gap = isometry_gap(first.gram)
        assert gap.overlaps(bound_of(claim("isometry.sharp-decay"), **first.values))
        assert gap.rel_accuracy_bits() > BITS // 3


@given(t=st.fractions(Fraction(1, 1000), 1000), n=st.integers(2, 1000), beta=st.fractions(1, 2))
def test_the_sharp_bound_is_the_smallest_of_the_three(t: Fraction, n: int, beta: Fraction) -> None:
    values = {
        "batch": arb(n), "depth": arb(3), "strength": ball(beta), "smallest": ball(1 / (1 + t)),
    }  # fmt: skip
    now = ball(t) * ball(beta) ** -3
    with precision(BITS):
        sharp = bound_of(claim("isometry.sharp-decay"), **values)
        assert not sharp > bound_of(claim("isometry.unconditional-decay"), **values)
        assert not sharp > (n - 1) * now**2 / 2


NONCONSTANT = [
    name
    for name in (*CATALOGUE, "two_slope(-0.2;1)", "monomial(3)", "hermite(4)", "polynomial(0;1;1)")
    if name not in ("two_slope", "monomial", "hermite", "polynomial", "threshold")
]


@pytest.mark.parametrize("name", NONCONSTANT)
def test_every_activation_of_the_catalogue_obeys_every_bound(name: str) -> None:
    """One table: all activations, all bounds, layers 0 to 4 of five samples on a sphere."""
    beta = setting.strength_above(name)
    assert 1 <= beta <= 2
    assert (beta == 1) == (name == "identity")
    f = recursion.centred(name)
    with precision(BITS):
        G = to_balls(setting.SPREAD)
        first = next(layers(SQUARE, beta, setting.SPREAD)).values
        for depth, gram in enumerate(gram_layers(f, G, 4)):
            values = {**first, "depth": arb(depth), "strength": ball(beta)}
            gap = isometry_gap(gram)
            for short in GAP_CLAIMS:
                assert not gap > bound_of(claim(f"isometry.{short}"), **values)
            assert not potential(gram) > bound_of(claim("isometry.corollary-a3"), **values)


def most_correlated(instance: recursion.Instance) -> arb:
    """(n − 1) max |ρ_ij| in layer ℓ."""
    largest = potential(instance.gram())
    return (instance.batch - 1) * largest / (1 + largest)


SPEEDS: dict[str, Callable[[arb], arb]] = {
    "theorem-4": lambda beta: beta,
    "theorem-4-corrected": lambda beta: beta.log(),
}
"""By what each form of Theorem 4 divides log(4n/det G⁰) for its threshold."""


def first_past(short: str, instance: recursion.Instance) -> int:
    """Return the first layer past the threshold of a form of Theorem 4."""
    values = instance.parameters(*theorem_4.NAMES)
    at = {n: values["batch"], setting.DET: values["determinant"]}
    with precision(128):
        scale = evaluate(theorem_4.SCALE, {symbol: ball(value) for symbol, value in at.items()})
        threshold = scale.log() / SPEEDS[short](ball(values["strength"]))
        return math.ceil(float_bounds(threshold)[1])


@pytest.mark.parametrize("short", SPEEDS)
def test_theorem_4_is_tried_in_the_first_layer_past_its_threshold(short: str) -> None:
    """Or deeper, where the shared instance is."""
    depths = [max(each.depth, first_past(short, each)) for each in recursion.INSTANCES]
    checks = claim(f"isometry.{short}").checks
    assert [check.parameters["depth"] for check in checks] == depths


def test_the_threshold_of_theorem_4_fails_its_proof_on_most_starts() -> None:
    """(n−1) max |ρ| ≤ 1/2, which the proof needs, at the first layer past either threshold."""
    fails: dict[str, list[bool]] = {short: [] for short in SPEEDS}
    for instance in recursion.INSTANCES:
        for short, found in fails.items():
            one = replace(instance, depth=first_past(short, instance))
            with precision(BITS):
                found.append(bool(most_correlated(one) > ball(Fraction(1, 2))))
    assert 2 * sum(fails["theorem-4"]) > len(fails["theorem-4"])
    assert not any(fails["theorem-4-corrected"])


def test_at_the_printed_threshold_not_even_lemma_a4_applies() -> None:
    """(n−1) max |ρ| is 3.4 for tanh and eight samples with correlation 9/10, in layer 17."""
    start = recursion.Instance("", setting.CROWDED, "tanh", 0)
    depth = first_past("theorem-4", start)
    with precision(BITS):
        found = most_correlated(replace(start, depth=depth))
    assert depth == 17
    assert f"{float(found.mid()):.1f}" == "3.4"


@pytest.mark.parametrize("depth", [0, 15])
def test_theorem_4_is_refused_before_its_threshold(depth: int) -> None:
    with pytest.raises(ArgumentError, match=r"depth = \d+: it must satisfy β ℓ ≥ .*go deeper"):
        claim("isometry.theorem-4").bound(
            batch=8,
            depth=depth,
            strength=setting.strength_above("tanh"),
            determinant=determinant(setting.CROWDED),
        )


def test_the_true_rate_is_not_the_papers() -> None:
    """(2 − β)² against 1/β: 0.866 and 0.935 for tanh, 0.538 and 0.790 for ReLU."""
    for name, rate, printed in (("tanh", "0.866", "0.935"), ("relu", "0.538", "0.790")):
        beta = setting.strength_above(name)
        assert f"{float((2 - beta) ** 2):.3f}" == rate
        assert f"{float(1 / beta):.3f}" == printed
        wrong = claim("isometry.asymptotic-ratio")
        with precision(BITS):
            at = wrong.bound(strength=beta).ball
            assert at < 1 / ball(beta)


def test_a_refuted_control_names_its_check() -> None:
    found = claim("isometry.sharp-decay")
    assert found.control is not None
    label = "equicorrelated at 9/10, n = 8, relu, layer 6"
    checks = tuple(check for check in found.checks if check.label == label)
    verdict = verify(replace(found.perturbed(found.control), checks=checks)).verdicts[0]
    assert verdict.deciding is not None
    assert verdict.deciding.outcome is Outcome.REFUTED
    assert verdict.deciding.label == label
