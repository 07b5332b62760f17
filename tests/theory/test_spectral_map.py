"""p(λ) by three routes, and the inequalities that the claims rest on, for random spectra."""

from fractions import Fraction
from unittest import mock

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.orthogonalization import spectral_map
from depthlaw.theory.orthogonalization.spectral_map import TwoLevelSpectrum, expected_spectrum
from depthlaw.theory.rigorous.balls import ball, precision

weights = st.integers(min_value=1, max_value=10**4)
spectra = st.lists(weights, min_size=2, max_size=6).map(
    lambda ws: [Fraction(w, sum(ws)) for w in ws]
)
positive = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000)


@st.composite
def two_levels(draw: st.DrawFn) -> tuple[int, int, Fraction, Fraction]:
    n = draw(st.integers(2, 24))
    return n, draw(st.integers(1, n - 1)), draw(positive), draw(positive)


def by_mpmath(spectrum: list[Fraction]) -> list[mpmath.mpf]:
    """Lemma 9 as printed, over θ, by tanh-sinh quadrature in log θ: shares no code with ours."""
    lam = [mpmath.mpf(v.numerator) / v.denominator for v in spectrum]

    def entry(i: int) -> mpmath.mpf:
        def integrand(s: mpmath.mpf) -> mpmath.mpf:
            theta = mpmath.exp(s)
            product = mpmath.fprod(1 / mpmath.sqrt(1 + 2 * theta * v) for v in lam)
            return theta * product / (1 + 2 * theta * lam[i])

        # The integrand falls like e^s to the left and e^{-ns/2} to the right of its bulk.
        return lam[i] * mpmath.quad(integrand, [-80, -20, -5, 0, 5, 10, 20, 40, 80, 160])

    return [entry(i) for i in range(len(lam))]


@pytest.mark.parametrize(
    "spectrum",
    [
        [Fraction(1, 2), Fraction(1, 2)],
        [Fraction(7, 10), Fraction(2, 10), Fraction(1, 10)],
        [Fraction(90, 100), Fraction(9, 100), Fraction(1, 100)],
        [Fraction(k, 15) for k in range(1, 6)],
    ],
    ids=str,
)
def test_sawa_integral_against_independent_quadrature(spectrum: list[Fraction]) -> None:
    with precision(128), mpmath.workdps(40):
        for ours, theirs in zip(expected_spectrum(spectrum), by_mpmath(spectrum), strict=True):
            assert abs(ours - arb(mpmath.nstr(theirs, 38))) < arb("1e-25")
            assert ours.rad() < arb("1e-25")


@given(spectra)
@settings(max_examples=settings.default.max_examples // 2)
def test_entries_sum_to_one_and_keep_their_order(spectrum: list[Fraction]) -> None:
    p = expected_spectrum(spectrum)
    assert sum(p[1:], start=p[0]).overlaps(arb(1))
    for a, pa in zip(spectrum, p, strict=True):
        for b, pb in zip(spectrum, p, strict=True):
            if a > b:
                assert not pa < pb


@given(two_levels())
def test_integral_and_gauss_function_agree(case: tuple[int, int, Fraction, Fraction]) -> None:
    n, k, a, b = case
    with precision(96):
        p = expected_spectrum([a] * k + [b] * (n - k))
        following = TwoLevelSpectrum(n, k, ball(a), ball(b)).next()
    assert p[0].overlaps(following.first)
    assert p[-1].overlaps(following.second)
    assert following.first.rel_accuracy_bits() > 60


@given(spectra)
@settings(max_examples=settings.default.max_examples // 2)
def test_sharp_lemma_8(spectrum: list[Fraction]) -> None:
    n, low = len(spectrum), min(spectrum)
    p = expected_spectrum(spectrum)[spectrum.index(low)]
    bound = (1 - Fraction(2 * n, n + 2) * low) * (Fraction(1, n) - low)
    assert not ball(Fraction(1, n)) - p > ball(bound)


@given(spectra)
@settings(max_examples=settings.default.max_examples // 2)
def test_pair_factors_stay_below_their_bound(spectrum: list[Fraction]) -> None:
    """|p_i − p_j| ≤ |λ_i − λ_j|/((n+2) λ_min), the step that `tight-gap` rests on."""
    n, low = len(spectrum), min(spectrum)
    p = expected_spectrum(spectrum)
    for i in range(n):
        for j in range(i):
            allowed = abs(spectrum[i] - spectrum[j]) / ((n + 2) * low)
            assert not abs(p[i] - p[j]) > ball(allowed)


def test_pair_factor_bound_fails_with_a_smaller_constant() -> None:
    """Negative control: at isometry the factor is n/(n+2), so 1/((n+3) λ_min) is too small."""
    n, step = 4, Fraction(1, 10**6)
    spectrum = [Fraction(1, n) + step, Fraction(1, n) - step] + [Fraction(1, n)] * (n - 2)
    p = expected_spectrum(spectrum)
    assert p[0] - p[1] > ball(2 * step / ((n + 3) * min(spectrum)))


@given(spectra, st.integers(1, 1000))
@settings(max_examples=settings.default.max_examples // 5)
def test_scale_does_not_matter(spectrum: list[Fraction], scale: int) -> None:
    for a, b in zip(
        expected_spectrum(spectrum), expected_spectrum([v * scale for v in spectrum]), strict=True
    ):
        assert a.overlaps(b)


def test_zero_eigenvalues_are_left_out() -> None:
    p = expected_spectrum([Fraction(4, 5), 0, Fraction(1, 5)])
    assert p[1].is_zero()
    assert p[0].overlaps(ball(Fraction(2, 3)))


@pytest.mark.parametrize("bad", [[Fraction(-1), Fraction(2)], [0, 0]])
def test_impossible_spectra_are_refused(bad: list[Fraction]) -> None:
    with pytest.raises(ArgumentError, match="eigenvalues = "):
        expected_spectrum(bad)


def test_neighbouring_eigenvalues_are_not_taken_for_equal() -> None:
    """Shares that agree in all digits printed are integrated each for itself; equal ones once."""
    wide = arb(1, 1e-9)
    spectrum = [wide, wide + arb(2) ** -51, wide, arb(2)]
    with mock.patch.object(spectral_map, "_sawa", wraps=spectral_map._sawa) as integrated:
        p = expected_spectrum(spectrum)
    assert integrated.call_count == 3
    assert p[0].overlaps(p[1])


@given(two_levels())
@settings(max_examples=settings.default.max_examples // 2)
def test_contraction_bounds_the_divided_difference(
    case: tuple[int, int, Fraction, Fraction],
) -> None:
    """Between the groups the derivative acts by (p_a − p_b)/(a − b), one of its eigenvalues."""
    n, k, a, b = case
    trace = k * a + (n - k) * b
    a, b = a / trace, b / trace
    if abs(a - b) < Fraction(1, 10**6):
        return
    with precision(160):
        spectrum = TwoLevelSpectrum(n, k, ball(a), ball(b))
        following = spectrum.next()
        factor = (following.first - following.second) / ball(a - b)
        assert not factor > spectrum.contraction()


def test_mean_of_simulated_directions_is_p() -> None:
    """p against sampling, by Hoeffding's bound at level 1e-9 for each coordinate."""
    spectrum = [Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)]
    rng = np.random.default_rng(20260101)
    samples = 400_000
    u = rng.standard_normal((samples, 3)) ** 2 * np.array([float(v) for v in spectrum])
    means = (u / u.sum(axis=1, keepdims=True)).mean(axis=0)
    margin = (np.log(2 / 1e-9) / (2 * samples)) ** 0.5
    for mean, p in zip(means, expected_spectrum(spectrum), strict=True):
        assert abs(p - arb(float(mean))) < arb(float(margin))
