"""Named standard facts as steps: their hypotheses are checked by machine, one file each."""

from depthlaw.theory.claim.rules.am_gm import AmGm
from depthlaw.theory.claim.rules.cauchy_schwarz import CauchySchwarz
from depthlaw.theory.claim.rules.exchangeable import ExchangeableSum
from depthlaw.theory.claim.rules.holder import Holder
from depthlaw.theory.claim.rules.induction import LAYER, Induction
from depthlaw.theory.claim.rules.integral import MonotoneIntegral
from depthlaw.theory.claim.rules.intermediate import IntermediateValue
from depthlaw.theory.claim.rules.jensen import Jensen
from depthlaw.theory.claim.rules.markov import Markov
from depthlaw.theory.claim.rules.minkowski import Minkowski
from depthlaw.theory.claim.rules.parabola import TouchingParabola
from depthlaw.theory.claim.rules.rotation import RotationInvariance
from depthlaw.theory.claim.rules.rule import E, P, Rule
from depthlaw.theory.claim.rules.schur import SchurOstrowski
from depthlaw.theory.claim.rules.tangent import Tangent
from depthlaw.theory.claim.rules.tonelli import Tonelli
from depthlaw.theory.claim.rules.tower import TowerProperty
from depthlaw.theory.claim.rules.union_bound import UnionBound
from depthlaw.theory.claim.rules.vertex import VertexMaximum

__all__ = [
    "LAYER",
    "AmGm",
    "CauchySchwarz",
    "E",
    "ExchangeableSum",
    "Holder",
    "Induction",
    "IntermediateValue",
    "Jensen",
    "Markov",
    "Minkowski",
    "MonotoneIntegral",
    "P",
    "RotationInvariance",
    "Rule",
    "SchurOstrowski",
    "Tangent",
    "Tonelli",
    "TouchingParabola",
    "TowerProperty",
    "UnionBound",
    "VertexMaximum",
]
