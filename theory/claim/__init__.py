"""What a claim is, and on what grounds it stands: all that a file of claims imports."""

from typing import TYPE_CHECKING

from depthlaw.theory.lazy import exports

if TYPE_CHECKING:
    from depthlaw.theory.claim.backward import Backward as Backward
    from depthlaw.theory.claim.backward import Top as Top
    from depthlaw.theory.claim.check import Array as Array
    from depthlaw.theory.claim.check import Budget as Budget
    from depthlaw.theory.claim.check import Check as Check
    from depthlaw.theory.claim.check import Computed as Computed
    from depthlaw.theory.claim.check import Deferred as Deferred
    from depthlaw.theory.claim.check import Measured as Measured
    from depthlaw.theory.claim.check import Observed as Observed
    from depthlaw.theory.claim.check import ParameterValue as ParameterValue
    from depthlaw.theory.claim.check import PathAssumption as PathAssumption
    from depthlaw.theory.claim.check import Scaling as Scaling
    from depthlaw.theory.claim.check import Typical as Typical
    from depthlaw.theory.claim.claim import MOST_BITS as MOST_BITS
    from depthlaw.theory.claim.claim import WORKING_BITS as WORKING_BITS
    from depthlaw.theory.claim.claim import Claim as Claim
    from depthlaw.theory.claim.declaration import declare as declare
    from depthlaw.theory.claim.derivation import Derivation as Derivation
    from depthlaw.theory.claim.derivation import Heading as Heading
    from depthlaw.theory.claim.derivation import Steps as Steps
    from depthlaw.theory.claim.hypothesis import Condition as Condition
    from depthlaw.theory.claim.hypothesis import Hypothesis as Hypothesis
    from depthlaw.theory.claim.hypothesis import Requires as Requires
    from depthlaw.theory.claim.outcome import Outcome as Outcome
    from depthlaw.theory.claim.outcome import Proof as Proof
    from depthlaw.theory.claim.outcome import Status as Status
    from depthlaw.theory.claim.parameter import ALPHA as ALPHA
    from depthlaw.theory.claim.parameter import BATCH as BATCH
    from depthlaw.theory.claim.parameter import DEPTH as DEPTH
    from depthlaw.theory.claim.parameter import LAYERS as LAYERS
    from depthlaw.theory.claim.parameter import WIDTH as WIDTH
    from depthlaw.theory.claim.parameter import Assumption as Assumption
    from depthlaw.theory.claim.parameter import Domain as Domain
    from depthlaw.theory.claim.parameter import Parameter as Parameter
    from depthlaw.theory.claim.parameter import number as number
    from depthlaw.theory.claim.parameter import numbers as numbers
    from depthlaw.theory.claim.rules import LAYER as LAYER
    from depthlaw.theory.claim.rules import AmGm as AmGm
    from depthlaw.theory.claim.rules import CauchySchwarz as CauchySchwarz
    from depthlaw.theory.claim.rules import E as E
    from depthlaw.theory.claim.rules import ExchangeableSum as ExchangeableSum
    from depthlaw.theory.claim.rules import Holder as Holder
    from depthlaw.theory.claim.rules import Induction as Induction
    from depthlaw.theory.claim.rules import IntermediateValue as IntermediateValue
    from depthlaw.theory.claim.rules import Jensen as Jensen
    from depthlaw.theory.claim.rules import Markov as Markov
    from depthlaw.theory.claim.rules import Minkowski as Minkowski
    from depthlaw.theory.claim.rules import MonotoneIntegral as MonotoneIntegral
    from depthlaw.theory.claim.rules import P as P
    from depthlaw.theory.claim.rules import RotationInvariance as RotationInvariance
    from depthlaw.theory.claim.rules import SchurOstrowski as SchurOstrowski
    from depthlaw.theory.claim.rules import Tangent as Tangent
    from depthlaw.theory.claim.rules import Tonelli as Tonelli
    from depthlaw.theory.claim.rules import TouchingParabola as TouchingParabola
    from depthlaw.theory.claim.rules import TowerProperty as TowerProperty
    from depthlaw.theory.claim.rules import UnionBound as UnionBound
    from depthlaw.theory.claim.rules import VertexMaximum as VertexMaximum
    from depthlaw.theory.claim.sense import Sense as Sense
    from depthlaw.theory.claim.source import Paper as Paper
    from depthlaw.theory.claim.source import Source as Source
    from depthlaw.theory.claim.statement import BoundFunction as BoundFunction
    from depthlaw.theory.claim.statement import Statement as Statement
    from depthlaw.theory.claim.statement import equal as equal
    from depthlaw.theory.claim.statement import lower as lower
    from depthlaw.theory.claim.statement import rate as rate
    from depthlaw.theory.claim.statement import upper as upper
    from depthlaw.theory.claim.steps import Agreement as Agreement
    from depthlaw.theory.claim.steps import Argued as Argued
    from depthlaw.theory.claim.steps import Cited as Cited
    from depthlaw.theory.claim.steps import Ground as Ground
    from depthlaw.theory.claim.steps import Identity as Identity
    from depthlaw.theory.claim.steps import Limit as Limit
    from depthlaw.theory.claim.steps import Order as Order
    from depthlaw.theory.claim.steps import PositiveOnBox as PositiveOnBox
    from depthlaw.theory.claim.steps import Sign as Sign
    from depthlaw.theory.claim.steps import Step as Step
    from depthlaw.theory.claim.uses import Uses as Uses

__getattr__, __all__ = exports(__name__, __file__)
