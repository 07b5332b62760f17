"""The front door of depthlaw: does the theory of deep normalised networks hold, and where.

The public names below are loaded on first use, so that importing one part of the
package never pays for another.
"""

from typing import TYPE_CHECKING

from depthlaw.theory.lazy import exports

if TYPE_CHECKING:
    from depthlaw import plots as plots
    from depthlaw.drawn import predict_drawn as predict_drawn
    from depthlaw.numerics.chains import batch_means as batch_means
    from depthlaw.numerics.chains import collapse_threshold as collapse_threshold
    from depthlaw.numerics.chains import deep_chain as deep_chain
    from depthlaw.numerics.chains import ergodic_average as ergodic_average
    from depthlaw.numerics.chains import lyapunov_spectrum as lyapunov_spectrum
    from depthlaw.numerics.chains import pretrain as pretrain
    from depthlaw.numerics.chains import rank_bounds as rank_bounds
    from depthlaw.numerics.chains import rank_chain as rank_chain
    from depthlaw.numerics.chains import rank_network as rank_network
    from depthlaw.numerics.estimation.confidence import MeanBounds as MeanBounds
    from depthlaw.numerics.gradients import Gradients as Gradients
    from depthlaw.numerics.initialise import initialise as initialise
    from depthlaw.numerics.sampling.unfinished import UnfinishedError as UnfinishedError
    from depthlaw.numerics.simulate import simulate as simulate
    from depthlaw.numerics.trajectory import Trajectory as Trajectory
    from depthlaw.numerics.transport import bures_distance as bures_distance
    from depthlaw.numerics.transport import coupling_bound as coupling_bound
    from depthlaw.numerics.transport import transport_cost as transport_cost
    from depthlaw.numerics.verify import Verdict as Verdict
    from depthlaw.numerics.verify import verify as verify
    from depthlaw.theory.activations import activation as activation
    from depthlaw.theory.claim import ALPHA as ALPHA
    from depthlaw.theory.claim import BATCH as BATCH
    from depthlaw.theory.claim import DEPTH as DEPTH
    from depthlaw.theory.claim import WIDTH as WIDTH
    from depthlaw.theory.claim import Agreement as Agreement
    from depthlaw.theory.claim import Argued as Argued
    from depthlaw.theory.claim import Backward as Backward
    from depthlaw.theory.claim import Budget as Budget
    from depthlaw.theory.claim import Check as Check
    from depthlaw.theory.claim import Cited as Cited
    from depthlaw.theory.claim import Claim as Claim
    from depthlaw.theory.claim import Computed as Computed
    from depthlaw.theory.claim import Condition as Condition
    from depthlaw.theory.claim import Domain as Domain
    from depthlaw.theory.claim import Heading as Heading
    from depthlaw.theory.claim import Identity as Identity
    from depthlaw.theory.claim import Limit as Limit
    from depthlaw.theory.claim import Measured as Measured
    from depthlaw.theory.claim import Order as Order
    from depthlaw.theory.claim import Outcome as Outcome
    from depthlaw.theory.claim import Paper as Paper
    from depthlaw.theory.claim import Parameter as Parameter
    from depthlaw.theory.claim import Requires as Requires
    from depthlaw.theory.claim import Scaling as Scaling
    from depthlaw.theory.claim import Sense as Sense
    from depthlaw.theory.claim import Sign as Sign
    from depthlaw.theory.claim import Status as Status
    from depthlaw.theory.claim import Top as Top
    from depthlaw.theory.claim import Typical as Typical
    from depthlaw.theory.claim import Uses as Uses
    from depthlaw.theory.claim import declare as declare
    from depthlaw.theory.claim import equal as equal
    from depthlaw.theory.claim import lower as lower
    from depthlaw.theory.claim import rate as rate
    from depthlaw.theory.claim import upper as upper
    from depthlaw.theory.claim.registry import claim as claim
    from depthlaw.theory.claim.registry import claims as claims
    from depthlaw.theory.claim.solve import smallest as smallest
    from depthlaw.theory.claim.solve import smallest_not_vacuous as smallest_not_vacuous
    from depthlaw.theory.kernels import KernelMap as KernelMap
    from depthlaw.theory.network import GLU as GLU
    from depthlaw.theory.network import Activate as Activate
    from depthlaw.theory.network import Attention as Attention
    from depthlaw.theory.network import Average as Average
    from depthlaw.theory.network import BatchNorm as BatchNorm
    from depthlaw.theory.network import Conv as Conv
    from depthlaw.theory.network import LayerNorm as LayerNorm
    from depthlaw.theory.network import Linear as Linear
    from depthlaw.theory.network import Network as Network
    from depthlaw.theory.network import Padding as Padding
    from depthlaw.theory.network import Recenter as Recenter
    from depthlaw.theory.network import Rescale as Rescale
    from depthlaw.theory.network import Residual as Residual
    from depthlaw.theory.network import RMSNorm as RMSNorm
    from depthlaw.theory.network import Variance as Variance
    from depthlaw.theory.network import Weights as Weights
    from depthlaw.theory.network.gram import orthogonality_gap as orthogonality_gap
    from depthlaw.theory.network.gram import smallest_eigenvalue as smallest_eigenvalue
    from depthlaw.theory.network.gram import stable_rank as stable_rank
    from depthlaw.theory.network.text import parse_layer as parse_layer
    from depthlaw.theory.network.weight_law import WeightLaw as WeightLaw
    from depthlaw.theory.prediction import Prediction as Prediction
    from depthlaw.theory.prediction import predict as predict
    from depthlaw.theory.tangent import Kernels as Kernels
    from depthlaw.theory.tangent import Readout as Readout
    from depthlaw.theory.tangent import kernels as kernels

__version__ = "0.1.0"

__getattr__, __all__ = exports(__name__, __file__)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
