"""Which routes have gradients, and which of them is cheapest."""

from __future__ import annotations

from depthlaw.numerics.sampling.costs import PRICES
from depthlaw.numerics.sampling.routes import WALK_WORK, Route
from depthlaw.numerics.sampling.walk.lowered import Program, program
from depthlaw.theory.errors import ArgumentError, known_name
from depthlaw.theory.network import Linear, Network, Weights

_NONE = "it keeps no neurons, of which gradients are made"


def gradient_routes(network: Network) -> dict[Route, str | None]:
    """Return for each route None if it has gradients exactly in law, or the reason why not.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> reasons = gradient_routes(Network(64, 4, parse_layer("linear,batchnorm,relu")))
    >>> [str(route) for route, reason in reasons.items() if reason is None]
    ['state', 'explicit']
    """
    return {
        Route.WISHART: _NONE,
        Route.GRAM: _NONE,
        Route.STATE: _why_not_state(program(network)),
        Route.EXPLICIT: None,
    }


def choose_gradient_route(network: Network, route: Route | str | None = None) -> Route:
    """Return the cheapest exact route that has gradients, or `route` if it has them.

    Raises
    ------
    UnknownNameError
        If no route has that name.
    ArgumentError
        If the route asked for has no gradients, with the reason.
    """
    reasons = gradient_routes(network)
    if route is None:
        exact = [option for option, reason in reasons.items() if reason is None]
        return min(exact, key=lambda option: WALK_WORK[option](network).cost(PRICES))
    wanted = Route(known_name("route", route, list(Route)))
    reason = reasons[wanted]
    if reason is not None:
        raise ArgumentError(
            "route", wanted, f"it has no gradients here: {reason}; take explicit, or leave it out"
        )
    return wanted


def _why_not_state(found: Program) -> str | None:
    n = found.network.columns
    for operation in found.operations:
        if not isinstance(operation, Linear) or operation.weights is Weights.GAUSSIAN:
            continue
        if operation.weights is not Weights.HAAR:
            return f"with {operation.weights} weights W H is not Gaussian: it takes the whole of W"
        if operation.bias:
            return "an orthogonal matrix is one thing with a Gaussian bias, and W H does not tell"
        if found.network.width < 2 * n:
            return f"orthogonal weights take it at widths from {2 * n}, twice the columns, on"
    return None
