"""The formula that is printed is the bound that is evaluated, and what the docstring says."""

import importlib
import inspect
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import acb, arb

from depthlaw.theory.claim import Measured, Sense
from depthlaw.theory.claim.arithmetic import enclosed, exactly
from depthlaw.theory.claim.claim import WORKING_BITS
from depthlaw.theory.claim.parameter import BATCH
from depthlaw.theory.claim.registry import claim, claims
from depthlaw.theory.claims.isometry._setting import equicorrelated
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.holomorphic import compile_holomorphic
from depthlaw.theory.rigorous.integrate import integral
from depthlaw.theory.rigorous.matrices import determinant
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import n, theta

NAMES = {"decomposition.finite-width-cluster", "decomposition.slope-universality"}
"""The formula is the name of a number that has no closed form."""
SPECIAL = {
    *("orthogonalization.lemma-6-exact", "orthogonalization.lemma-9"),
    "rank.marchenko-pastur",
}
"""The formula is an integral, a distribution function or of other means: a test of its own."""
BY = {found.id: found for found in claims() if found.statement.by is not None}
CONSTANT = {
    found.id: found
    for found in claims()
    if (found.formula.is_Rational or (found.formula / sp.pi).is_Rational)
    and found.id != "orthogonalization.majorization"
}
SAMPLED = [
    found.id
    for found in claims()
    if found.trivial is not None
    and any(isinstance(check.quantity, Measured) for check in found.checks)
]
ACCURATE = 60
"""Bits to which both sides must be known: far fewer than `WORKING_BITS`, far more than a slip."""


def entries(
    formula: sp.Expr,
    base: str,
    sequence: Sequence[sp.Expr],
    sizes: Mapping[sp.Symbol, sp.Expr],
) -> sp.Expr:
    """Return the formula with the entries of an indexed symbol, counted from 1, put in."""
    indexed = sp.IndexedBase(base)
    known = {indexed[k]: value for k, value in enumerate(sequence, start=1)}
    return formula.subs(sizes).doit().subs(known)


@pytest.mark.parametrize("claim_id", sorted(set(BY) - NAMES - SPECIAL))
def test_the_printed_formula_is_what_is_evaluated(claim_id: str) -> None:
    found = BY[claim_id]
    known_well = 0
    for check in found.checks:
        values = found.accept(check.parameters)
        with precision(WORKING_BITS):
            printed = enclosed(found.formula, found.parameters, values)
            evaluated = found.bound_at(values).ball
        assert printed.overlaps(evaluated), check.label
        known_well += min(printed.rel_accuracy_bits(), evaluated.rel_accuracy_bits()) > ACCURATE
    # Wide balls agree by accident; 0 has no relative accuracy and is said exactly.
    assert known_well


@pytest.mark.parametrize("claim_id", sorted(NAMES))
def test_a_formula_without_closed_form_is_a_bare_name(claim_id: str) -> None:
    assert isinstance(BY[claim_id].formula, sp.Symbol)


@pytest.mark.parametrize("claim_id", SAMPLED)
def test_what_is_trivially_true_is_the_range_of_what_is_sampled(claim_id: str) -> None:
    found = claim(claim_id)
    for check in found.checks:
        if isinstance(check.quantity, Measured):
            with precision(WORKING_BITS):
                trivial = found.trivial_at(found.accept(check.parameters))
            assert trivial is not None
            end = check.quantity.lowest if found.sense is Sense.LOWER else check.quantity.highest
            # Lemma 7 is 1/n² for a batch of n, which is no parameter of it.
            if claim_id != "orthogonalization.lemma-7":
                assert float(trivial.ball.mid()) == pytest.approx(end, abs=1e-12)
            assert end <= trivial.upper + 1e-12


@pytest.mark.parametrize("name", ["theorem-5", "lemma-7"])
def test_one_step_is_measured_at_the_next_layer(name: str) -> None:
    for check in claim(f"orthogonalization.{name}").checks:
        measured = check.quantity
        assert isinstance(measured, Measured)
        assert measured.depth == 1
        (found,) = measured.per_replica({"lyapunov": np.array([[0.125, 0.25]])})
        n, spectrum = measured.network.batch, np.diag(measured.initial_gram)
        p = expected_spectrum([Fraction(float(value)) for value in spectrum])
        error = 0.25 - (1 / n - min(float(share.mid()) for share in p))
        assert found == pytest.approx(0.25 if name == "theorem-5" else error**2, rel=1e-12)
        assert measured.highest == (1 / n if name == "theorem-5" else 1 / n**2)


AT_RANK_ONE = {"batch": 5, "smallest": 0, "lyapunov": Fraction(1, 5), "gap": 0}
ONE_BATCH = [f"orthogonalization.lemma-{name}" for name in (2, 4, 8)]


@pytest.mark.parametrize("claim_id", [i + form for i in ONE_BATCH for form in ("", "-sharp")])
def test_rank_one_attains_what_is_trivially_true(claim_id: str) -> None:
    """λ = (1, 0, …, 0): V̂ = 1/n, V = √(1 − 1/n), cost 2 − 2/√n, 1/n − p_n = 1/n."""
    found = claim(claim_id)
    spectrum = [Fraction(1), *[Fraction(0)] * 4]
    attained = {
        "2": ball(2) - 2 / ball(5).sqrt(),
        "4": ball(Fraction(4, 5)).sqrt(),
        "8": ball(Fraction(1, 5)) - expected_spectrum(spectrum)[-1],
    }
    with precision(WORKING_BITS):
        trivial = enclosed(found.trivial, found.parameters, AT_RANK_ONE)
        assert trivial.overlaps(attained[claim_id.split("-")[1]])


ISOMETRY_TRIVIAL = [
    *((f"isometry.{name}", Fraction(1)) for name in ("lemma-a4", "lemma-a4-sharp", "corollary-3")),
    ("isometry.lemma-a4-upper", Fraction(0)),
]


@pytest.mark.parametrize(("claim_id", "correlation"), ISOMETRY_TRIVIAL)
def test_determinants_that_attain_what_is_trivially_true(
    claim_id: str, correlation: Fraction
) -> None:
    """Equal samples, from below, and orthogonal ones, from above."""
    assert claim(claim_id).trivial == determinant(equicorrelated(4, correlation))


@pytest.mark.parametrize("spectrum", [(1, 1), (4, 2, 1), (9, 3, 3, 1, 0)])
def test_lemma_6_is_evaluated_at_the_expected_spectrum(spectrum: tuple[int, ...]) -> None:
    found = claim("orthogonalization.lemma-6-exact")
    with precision(WORKING_BITS):
        p = expected_spectrum([Fraction(value, sum(spectrum)) for value in spectrum])
        squares = sum((share**2 for share in p), start=arb(0))
        index = sp.Symbol("i", integer=True)
        total = sp.Sum(sp.IndexedBase("p")[index] ** 2, (index, 1, n))
        assert found.formula == (1 - total) / sp.Symbol("d", integer=True, positive=True)
        assert found.bound(eigenvalues=spectrum, width=7).ball.overlaps((1 - squares) / 7)


@pytest.mark.parametrize("pairs", [(1, 1), (2, 1), (5, 3)])
def test_the_integral_of_lemma_9_for_eigenvalues_in_pairs(pairs: tuple[int, int]) -> None:
    """With 1 + 2θ = y⁻² the printed integrand is then a ratio of polynomials on [0, 1]."""
    found = claim("orthogonalization.lemma-9")
    a, b = (Fraction(value, 2 * sum(pairs)) for value in pairs)
    shares = [sp.Rational(value) for value in (a, b, a, b)]
    (over_theta,) = found.formula.atoms(sp.Integral)
    assert over_theta.limits == ((theta, 0, sp.oo),)
    factor = sp.simplify(found.formula / over_theta)
    printed = entries(factor * over_theta.function, "lambda", shares, {n: sp.Integer(4)})
    y = sp.Symbol("y", positive=True)
    place = (y**-2 - 1) / 2
    in_y = sp.cancel(sp.simplify(printed.subs(theta, place)) * -sp.diff(place, y))
    with precision(WORKING_BITS):
        area = integral(compile_holomorphic(in_y, y), 0, 1)
        enclosed = found.bound(eigenvalues=(a, b, a, b)).ball
    assert area.overlaps(enclosed)
    assert min(area.rel_accuracy_bits(), enclosed.rel_accuracy_bits()) > ACCURATE


@pytest.mark.parametrize(("width", "batch", "value"), [(64, 8, 8), (100, 12, 9), (100, 6, 17)])
def test_the_marchenko_pastur_formula_is_the_integral_of_its_density(
    width: int, batch: int, value: int
) -> None:
    """F(x) of ratio q has the density √((x₊−x)(x−x₋))/(2πqx), x± = (1 ± √q)²."""
    found = claim("rank.marchenko-pastur")
    at = {"width": width, "batch": batch, "value": value}
    assert found.formula.func == sp.Function("F")
    (argument,) = found.formula.subs({p.symbol: at[p.name] for p in found.parameters}).args
    with precision(WORKING_BITS):
        root = ball(batch) / (2 * ball(width).sqrt())
        low, high = (1 - root) ** 2, (1 + root) ** 2
        x = ball(Fraction(int(argument.p), int(argument.q)))
        # With x = m − h cos t the density has no root at the ends.
        middle, half = (low + high) / 2, (high - low) / 2
        angle = ((middle - x) / half).acos()

        def integrand(t: acb, _: bool) -> acb:
            return (half * t.sin()) ** 2 / (2 * arb.pi() * root**2 * (middle - half * t.cos()))

        below = integral(integrand, 0, angle)
        assert below.overlaps(found.bound(**at).ball)
    assert below.rel_accuracy_bits() > ACCURATE


@pytest.mark.parametrize("claim_id", sorted(CONSTANT))
def test_a_constant_bound_is_the_number_that_the_statement_names(claim_id: str) -> None:
    paper, _, statement = claim_id.replace("-", "_").partition(".")
    module = importlib.import_module(f"depthlaw.theory.claims.{paper}.{statement}")
    text = inspect.getdoc(module) or ""
    stated = text.split("\n\n")[1]
    shown = str(CONSTANT[claim_id].formula).replace("-", "−").replace("pi", "π")
    number = r"\s?".join(re.escape(letter) for letter in shown if letter not in " *")
    alone = rf"(?<![\w./^{{+−])(?<![+−]\s){number}(?![\w/])"
    assert re.search(alone, stated), shown


@pytest.mark.parametrize(
    ("formula", "reference"),
    [
        # SymPy would write each of these down to the last of its millions of digits.
        (sp.exp(-n * (1 - sp.log(2))), (ball(2).log() - 1) * 10**12),
        (sp.Rational(2, 3) ** n, (ball(2) / 3).log() * 10**12),
        (1 / sp.factorial(n), -(ball(10**12) + 1).lgamma()),
    ],
)
def test_a_number_too_long_to_be_written_is_enclosed(formula: sp.Expr, reference: arb) -> None:
    at = {"batch": 10**12}
    assert exactly(formula, (BATCH,), at) is None
    with precision(WORKING_BITS):
        assert enclosed(formula, (BATCH,), at).log().overlaps(reference)
    assert exactly(formula, (BATCH,), {"batch": 2}) is not None or formula.has(sp.log)


def test_a_tower_of_powers_is_not_written_out_to_see_that_it_is_tall() -> None:
    """2^(2^(10⁹)): even its exponent has 3·10⁸ digits."""
    tower = claim("fixed-points.double-exponential")
    far = tower.accept({"depth": 10**9, "start": Fraction(1, 2), "order": 2})
    assert exactly(tower.formula, tower.parameters, far) is None
    near = tower.accept({"depth": 2, "start": Fraction(1, 2), "order": 3})
    assert exactly(tower.formula, tower.parameters, near) == Fraction(1, 2**9)


def test_a_power_with_a_long_exponent_is_enclosed_not_written_out() -> None:
    """Exactly, SymPy would raise the base's denominator to a power of the exponent's numerator."""
    floor = claim("residual.correlation-floor")
    at = {"growth": Fraction(10**30 + 1, 10**29), "slope_at_zero": Fraction(2**80 + 1, 2**81)}
    found = floor.bound(start=Fraction(1, 2), **at)
    assert isinstance(found, Enclosure)
    expected = float(at["growth"]) ** float(at["slope_at_zero"] - 1) / 2
    assert found.lower <= expected * (1 + 1e-12)
    assert found.upper >= expected * (1 - 1e-12)
    assert found.upper - found.lower < 1e-12
