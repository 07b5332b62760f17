"""Pictures of what is known: functions that draw into Matplotlib axes and return them.

Every function takes ``axes=``, any Matplotlib axes to draw into; without it a figure of its own is
made, by the object interface, so that no state of the process changes and any number of threads may
draw. ``axes.figure.savefig("picture.svg")`` writes it.

Colours are Okabe and Ito's, and nothing is told by colour alone. Matplotlib is loaded by the first
call; where it is missing the call says what to install.
"""

from depthlaw.plots.bounds import bound
from depthlaw.plots.eigenvalues import spectrum
from depthlaw.plots.layers import trajectory
from depthlaw.plots.maps import cobweb
from depthlaw.plots.phases import phase_map
from depthlaw.plots.truth import bound_against_truth

__all__ = [
    "bound",
    "bound_against_truth",
    "cobweb",
    "phase_map",
    "spectrum",
    "trajectory",
]
