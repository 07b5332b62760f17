"""Which routes have exactly the law of a network, and which of them is cheapest."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from depthlaw.numerics.sampling import explicit, state, streamed, wishart
from depthlaw.numerics.sampling.block import Steps
from depthlaw.theory.errors import ArgumentError, known_name
from depthlaw.theory.network import Network


class Route(StrEnum):
    """A way of drawing the next layer, from the cheapest to the most general."""

    WISHART = "wishart"
    """G itself, by Bartlett's decomposition: O(n³) a layer. Linear Gaussian layers."""
    GRAM = "gram"
    """Neurons streamed by, only G kept: O(dn²) time, O(chunk·n) memory. Gaussian weights."""
    STATE = "state"
    """H kept, W H drawn without W: O(dn²) time, O(dn) memory. Residuals, Haar weights."""
    EXPLICIT = "explicit"
    """Every weight drawn: O(d²n) time, O(d²) memory. Everything."""

    @property
    def keeps_state(self) -> bool:
        """Whether the route carries H from layer to layer, and not only G."""
        return self in (Route.STATE, Route.EXPLICIT)


_WHY_NOT: dict[Route, Callable[[Network], str | None]] = {
    Route.WISHART: wishart.why_not,
    Route.GRAM: streamed.why_not,
    Route.STATE: state.why_not,
    Route.EXPLICIT: explicit.why_not,
}

STEPS: dict[Route, Steps] = {
    Route.WISHART: wishart.steps,
    Route.GRAM: streamed.steps,
    Route.STATE: state.steps,
    Route.EXPLICIT: explicit.steps,
}
"""How each route takes a block of replicas through its layers."""


def exact_routes(network: Network) -> dict[Route, str | None]:
    """Return for each route None if it has exactly the network's law, or the reason why not.

    >>> from depthlaw.theory.network import Linear, Rescale
    >>> reasons = exact_routes(Network(width=100, batch=4, layer=(Linear(), Rescale())))
    >>> [str(route) for route, reason in reasons.items() if reason is None]
    ['gram', 'state', 'explicit']
    """
    return {route: why_not(network) for route, why_not in _WHY_NOT.items()}


def choose_route(network: Network, route: Route | str | None = None) -> Route:
    """Return the cheapest exact route, or `route` if that is exact.

    Raises
    ------
    UnknownNameError
        If no route has that name.
    ArgumentError
        If the route asked for does not have the network's law, with the reason.

    Examples
    --------
    >>> from depthlaw.theory.network import Linear
    >>> choose_route(Network(width=100, batch=4, layer=(Linear(),))) is Route.WISHART
    True
    """
    reasons = exact_routes(network)
    if route is None:
        return next(option for option, reason in reasons.items() if reason is None)
    wanted = Route(known_name("route", route, list(Route)))
    reason = reasons[wanted]
    if reason is not None:
        raise ArgumentError(
            "route", wanted, f"it is not exact for {network.describe()!r}: {reason}; leave it out"
        )
    return wanted
