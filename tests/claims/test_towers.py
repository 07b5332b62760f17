"""What a proof takes the mean of, given a layer, is the map that it then repeats."""

import pytest
import sympy as sp

from depthlaw.theory.claim import Identity, TowerProperty
from depthlaw.theory.claim.registry import claim

MAPS = [
    # Claim, how the mean stands to the map x ↦ …, in letters for which a later step puts values in.
    ("sharp-lyapunov", "<=", "(rho * x + nu)**2"),
    ("theorem-1-corrected", "<=", "rho * x + nu"),
    ("tight-gap", "<=", "rho * x + nu"),
    ("unconditional-gap-lower", ">=", "a * x + nu"),
    ("without-a1", "<=", "x - c * x * (1 / n - x) + nu"),
    ("without-a1-sharp", "<=", "x - c * x * (1 / n - x) + nu"),
]


@pytest.mark.parametrize(("name", "relation", "repeated"), MAPS)
def test_the_mean_given_a_layer_is_the_map_that_is_repeated(
    name: str, relation: str, repeated: str
) -> None:
    steps = claim(f"orthogonalization.{name}").derivation().steps
    (tower,) = (step for step in steps if isinstance(step, TowerProperty))
    assert tower.relation == relation
    after = steps[steps.index(tower) + 1 :]
    values = {
        str(letter): value
        for step in after
        if isinstance(step, Identity)
        for put in step.left.atoms(sp.Subs)
        for letter, value in zip(put.variables, put.point, strict=True)
    }
    x = sp.Symbol("x", positive=True)
    given = {}
    for symbol in tower.conditional.free_symbols:
        if "V" in str(symbol):
            given[symbol] = x
        elif str(symbol) in ("a", "nu"):
            given[symbol] = values[str(symbol)]
    n = sp.Symbol("n", integer=True, positive=True)
    expected = sp.sympify(repeated, locals={**values, "x": x, "n": n})
    assert sp.simplify(tower.conditional.subs(given, simultaneous=True) - expected) == 0
