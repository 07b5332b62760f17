"""The finite-width coupling: its derivative bounds, and its enclosure against simulation."""

from fractions import Fraction

import pytest
from flint import acb, arb
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.orthogonalization.coupling import curvature_bound, finite_width_gap
from depthlaw.theory.orthogonalization.spectral_map import TwoLevelSpectrum, expected_spectrum
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.integrate import integral


@st.composite
def perturbed(draw: st.DrawFn) -> tuple[TwoLevelSpectrum, list[Fraction], list[Fraction]]:
    """A two-level spectrum of trace 1 and a nearby spectrum of trace 1."""
    n = draw(st.integers(2, 6))
    k = draw(st.integers(1, n - 1))
    low = draw(st.fractions(Fraction(1, 2), Fraction(99, 100), max_denominator=100)) / n
    base = [low] * k + [(1 - k * low) / (n - k)] * (n - k)
    steps = draw(st.lists(st.integers(-100, 100), min_size=n, max_size=n))
    mean = Fraction(sum(steps), n)
    shift = [(s - mean) / (n * 1000) for s in steps]
    moved = [a + b for a, b in zip(base, shift, strict=True)]
    return TwoLevelSpectrum(n, k, ball(low), ball(base[-1])), base, moved


@given(perturbed())
def test_derivative_and_curvature_bound_the_step(
    case: tuple[TwoLevelSpectrum, list[Fraction], list[Fraction]],
) -> None:
    """‖p(λ′) − p(λ)‖ ≤ (‖DP‖ + B r/2) r for diagonal perturbations of size r."""
    spectrum, base, moved = case
    with precision(128):
        r2 = sum((a - b) ** 2 for a, b in zip(base, moved, strict=True))
        r = ball(r2).sqrt()
        before, after = expected_spectrum(base), expected_spectrum(moved)
        distance = sum(
            ((a - b) ** 2 for a, b in zip(before, after, strict=True)), start=arb(0)
        ).sqrt()
        smallest = ball(min(*base, *moved))
        allowed = (spectrum.contraction() + curvature_bound(spectrum.batch, smallest) * r / 2) * r
        assert not distance > allowed


def test_the_derivative_is_attained() -> None:
    """Negative control: nine tenths of the contraction is too little along the levels."""
    n, low, step = 5, Fraction(1, 6), Fraction(1, 10**8)
    with precision(128):
        spectrum = TwoLevelSpectrum(n, n - 1, ball(low), ball(1 - 4 * low))
        base = [low] * 4 + [1 - 4 * low]
        moved = [low + step, low - step, low, low, 1 - 4 * low]
        before, after = expected_spectrum(base), expected_spectrum(moved)
        distance = sum(
            ((a - b) ** 2 for a, b in zip(before, after, strict=True)), start=arb(0)
        ).sqrt()
        assert distance > ball(Fraction(9, 10) * step) * spectrum.contraction() * arb(2).sqrt()


@pytest.mark.parametrize("n", [2, 3, 8, 31])
@pytest.mark.parametrize("m", [Fraction(1, 1000), Fraction(1, 40)])
def test_the_curvature_bound_is_the_integral_of_the_norms(n: int, m: Fraction) -> None:
    """The terms of D²P, each with ρ for ‖R‖, over t = (1/ρ − 1)/m from 0 to ∞."""
    with precision(128):
        lowest, root = ball(m), arb(n).sqrt()

        def norms(y: acb, _: bool) -> acb:
            # With ρ = y² and dt = −dρ/(mρ²) no root and no negative power of y is left.
            scaled = (1 - y**2) / lowest
            linear, square = 2 + root, (1 + arb(n) / 2) / 2
            return y ** (n - 1) * (linear * scaled * y**2 + square * scaled**2) / lowest

        area = integral(norms, 0, 1)
        assert area.overlaps(curvature_bound(n, lowest))
        assert area.rel_accuracy_bits() > 100


@pytest.mark.parametrize(
    ("shares", "direction"),
    [
        ([1, 1], [1, -1]),
        ([1, 99], [1, -1]),
        ([1, 2, 7], [3, -1, -2]),
        ([5, 5, 6, 9], [1, -1, 2, -2]),
        ([1, 1, 1, 1, 20], [1, 1, 1, 1, -4]),
    ],
)
def test_the_second_derivative_is_that_integral_and_stays_below_its_bound(
    shares: list[int], direction: list[int]
) -> None:
    """½ ∫ det^{−1/2} [−2t RERER − t tr(RE) RER + …] dt against second differences of p."""
    n, step = len(shares), Fraction(1, 2**60)
    base = [Fraction(share, sum(shares)) for share in shares]
    with precision(400):
        size = sum((ball(e) ** 2 for e in direction), start=arb(0)).sqrt()
        E = [ball(e) / size for e in direction]
        G = [ball(share) for share in base]

        def second(place: int) -> arb:
            # With t = (1 − u²)/u² and R = u²/(u² + λ(1 − u²)) every power of u is nonnegative.
            def integrand(u: acb, analytic: bool) -> acb:
                w = 1 - u**2
                over = [1 / (u**2 + share * w) for share in G]
                determinant = u ** (n - 1)
                for share in G:
                    determinant *= (u**2 + share * w).rsqrt(analytic)
                first = sum((r * e for r, e in zip(over, E, strict=True)), start=acb(0))
                pair = sum(((r * e) ** 2 for r, e in zip(over, E, strict=True)), start=acb(0))
                r, e = over[place], E[place]
                bent = -2 * w * r**3 * e**2 - w * first * r**2 * e
                scaled = w**2 * r * G[place] * (pair / 2 + first**2 / 4)
                return determinant * (u**2 * bent + scaled)

            return integral(integrand, 0, 1)

        found = [second(place) for place in range(n)]
        moved = [
            expected_spectrum([g + sign * ball(step) * e for g, e in zip(G, E, strict=True)])
            for sign in (-1, 0, 1)
        ]
        for place, exact in enumerate(found):
            low, middle, high = (p[place] for p in moved)
            # A second difference is off by a multiple of step², far below one step.
            assert abs((low - 2 * middle + high) / ball(step) ** 2 - exact) < ball(step)
        square_norm = sum((value**2 for value in found), start=arb(0))
        assert square_norm < curvature_bound(n, ball(min(base))) ** 2


def test_threshold_and_width_out_of_reach_are_sentences() -> None:
    start = TwoLevelSpectrum(4, 3, ball(Fraction(2, 9)), ball(Fraction(1, 3)))
    with pytest.raises(ArgumentError, match="threshold = "):
        finite_width_gap(start, depth=3, width=10**9, threshold=Fraction(1, 4))
    with pytest.raises(ArgumentError, match="width = 50"):
        finite_width_gap(start, depth=3, width=50, threshold=Fraction(1, 5))


@pytest.mark.parametrize("case", [(2, 1), (5, 4), (6, 2), (32, 31)])
def test_both_diagonal_factors_are_the_derivatives_they_claim_to_be(case: tuple[int, int]) -> None:
    """Difference quotients of p by steps of 1e-20 against the hypergeometric derivative."""
    n, k = case
    low, step = Fraction(7, 10 * n), Fraction(1, 10**20)

    def at(a: Fraction) -> TwoLevelSpectrum:
        return TwoLevelSpectrum(n, k, ball(a), ball((1 - k * a) / (n - k)))

    with precision(400):
        spectrum = at(low)
        following = spectrum.next()
        slope = (at(low + step).next().first - at(low - step).next().first) / ball(2 * step)
        # A central quotient is off by a multiple of step², far below 1e-30 here.
        assert abs(slope - spectrum.levels_factor()) < arb("1e-30")
        between = (following.first - following.second) / (spectrum.first - spectrum.second)
        assert between.overlaps(spectrum.between_factor())


def test_the_distance_is_the_recursion_of_the_module_written_out() -> None:
    """ε_3 for ℓ = 2, with the radius, the noise and the curvature taken from the docstring."""
    n, d, ell = 4, 10**10, 2
    with precision(128):
        layers = [TwoLevelSpectrum(n, 3, ball(Fraction(2, 9)), ball(Fraction(1, 3)))]
        for _ in range(ell + 1):
            layers.append(layers[-1].next())
        s = ball(Fraction(1, 5))
        r = layers[1].smallest - s
        noise = (ball(Fraction(n - 1, n)) / d).sqrt()
        epsilon = [noise]
        for k in (1, 2):
            bend = curvature_bound(n, layers[k].smallest - r)
            epsilon.append((layers[k].contraction() + bend * r / 2) * epsilon[-1] + noise)
        found = finite_width_gap(layers[0], depth=ell, width=d, threshold=s)
        assert found.distance.overlaps(epsilon[2])
        escape = (epsilon[0] / r) ** 2 + (epsilon[1] / r) ** 2
        assert found.escape.overlaps(escape)
        low = layers[3].gap * (1 - escape) - epsilon[2]
        high = layers[3].gap + epsilon[2] + (ball(Fraction(n - 1, n))).sqrt() * escape
        assert found.gap.contains(low.mid())
        assert found.gap.contains(high.mid())
