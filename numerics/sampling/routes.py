"""Which routes have exactly the law of a network, and which of them is cheapest."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from depthlaw.numerics.sampling import costs, explicit, state, streamed, wishart
from depthlaw.numerics.sampling.block import Steps
from depthlaw.numerics.sampling.costs import DOUBT, PRICES, Work
from depthlaw.numerics.sampling.segments import draws_from_gram
from depthlaw.numerics.sampling.walk import work
from depthlaw.numerics.sampling.walk.explicit import Explicit
from depthlaw.numerics.sampling.walk.kept import Kept
from depthlaw.numerics.sampling.walk.lowered import (
    acts_anywhere,
    acts_on_neurons,
    not_gaussian,
    obstacle,
    program,
)
from depthlaw.numerics.sampling.walk.steps import first_draws, needs_room
from depthlaw.numerics.sampling.walk.steps import steps as walk_steps
from depthlaw.numerics.sampling.walk.streamed import Streamed
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, known_name
from depthlaw.theory.network import Network


class Route(StrEnum):
    """A way of drawing the next layer, from the narrowest to the most general."""

    WISHART = "wishart"
    """G itself, by Bartlett's decomposition: O(n³) a layer. Linear Gaussian layers."""
    GRAM = "gram"
    """Neurons streamed by, only G kept: O(dn²) time, O(chunk·n) memory. Gaussian weights."""
    STATE = "state"
    """H kept, W H drawn without W: O(dn²) time, O(dn) memory. Residuals, Haar weights too."""
    EXPLICIT = "explicit"
    """Every weight drawn: O(d²n) time, O(d²) memory. Everything; where n is about d, cheapest."""

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

WORK: dict[Route, Callable[[Network], Work]] = {
    Route.WISHART: costs.wishart_work,
    Route.GRAM: costs.gram_work,
    Route.STATE: costs.state_work,
    Route.EXPLICIT: costs.explicit_work,
}
"""What each route does in a layer."""

WALK_WORK: dict[Route, Callable[[Network], Work]] = {
    Route.WISHART: work.streamed_work,
    Route.GRAM: work.streamed_work,
    Route.STATE: work.kept_work,
    Route.EXPLICIT: work.explicit_work,
}
"""The same on a walk."""

WALKS: dict[Route, type[Streamed] | type[Kept] | type[Explicit]] = {
    Route.WISHART: Streamed,
    Route.GRAM: Streamed,
    Route.STATE: Kept,
    Route.EXPLICIT: Explicit,
}


def steps_of(route: Route, network: Network) -> Steps:
    """Return how the route takes a block of replicas through the network's layers."""
    return STEPS[route] if network.is_plain else partial(walk_steps, WALKS[route])


def work_of(route: Route, network: Network) -> Work:
    """Return what the route does in a layer."""
    return (WORK if network.is_plain else WALK_WORK)[route](network)


STEPS: dict[Route, Steps] = {
    Route.WISHART: wishart.steps,
    Route.GRAM: streamed.steps,
    Route.STATE: state.steps,
    Route.EXPLICIT: explicit.steps,
}
"""How each route takes a block of replicas through plain layers."""


def _walk_reasons(network: Network) -> dict[Route, str | None]:
    found = program(network)
    gram = obstacle(found)
    return {
        Route.WISHART: acts_anywhere(found) or gram,
        Route.GRAM: gram,
        Route.STATE: not_gaussian(found),
        Route.EXPLICIT: None,
    }


def exact_routes(network: Network) -> dict[Route, str | None]:
    """Return for each route None if it has exactly the network's law, or the reason why not.

    >>> from depthlaw.theory.network import Linear, Rescale
    >>> reasons = exact_routes(Network(width=100, batch=4, layer=(Linear(), Rescale())))
    >>> [str(route) for route, reason in reasons.items() if reason is None]
    ['gram', 'state', 'explicit']
    """
    if not network.is_plain:
        return _walk_reasons(network)
    return {route: why_not(network) for route, why_not in _WHY_NOT.items()}


def expected_cost(route: Route, network: Network) -> float:
    """Return what a layer costs by the formula, in nanoseconds where its prices were measured.

    >>> from depthlaw.theory.network import Linear
    >>> network = Network(width=1000, batch=4, layer=(Linear(),))
    >>> expected_cost(Route.WISHART, network) < expected_cost(Route.GRAM, network)
    True
    """
    cost = work_of(route, network).cost(PRICES)
    nonlinear = (
        any(isinstance(operation, Elementwise) for operation in network.layer)
        if network.is_plain
        else any(map(acts_on_neurons, program(network).operations))
    )
    return DOUBT * cost if nonlinear and route is not Route.EXPLICIT else cost


def can_start(network: Network, route: Route, rank: int) -> bool:
    """Return whether the route can start from a Gram matrix of that rank.

    >>> from depthlaw.theory.network import Linear
    >>> can_start(Network(4, 9, (Linear(residual=1.0),)), Route.STATE, rank=9)
    False
    """
    if not network.is_plain:
        if rank <= network.entry:
            return True
        if route.keeps_state:
            return first_draws(network)
        return not needs_room(network)
    return not route.keeps_state or rank <= network.width or draws_from_gram(network)


def choose_route(
    network: Network, route: Route | str | None = None, *, rank: int | None = None
) -> Route:
    """Return the cheapest exact route, or `route` if that is exact.

    The choice depends on nothing but the arguments: see `depthlaw.numerics.sampling.costs`.

    Parameters
    ----------
    rank
        Of the Gram matrix to start from, where no state is given: one above the width leaves out
        the routes that keep a state, unless the layer begins with a draw from the Gram matrix. None
        where that is no matter.

    Raises
    ------
    UnknownNameError
        If no route has that name.
    ArgumentError
        If the route asked for does not have the network's law, with the reason.

    Examples
    --------
    >>> from depthlaw.theory.network import Linear, Rescale
    >>> layer = (Linear(), Rescale())
    >>> choose_route(Network(width=1000, batch=4, layer=layer)) is Route.GRAM
    True
    >>> choose_route(Network(width=50, batch=256, layer=layer)) is Route.EXPLICIT
    True
    """
    reasons = exact_routes(network)
    if route is None:
        exact = [option for option, reason in reasons.items() if reason is None]
        if rank is not None and rank > network.entry:
            exact = [option for option in exact if can_start(network, option, rank)] or exact
        return min(exact, key=lambda option: expected_cost(option, network))
    wanted = Route(known_name("route", route, list(Route)))
    reason = reasons[wanted]
    if reason is not None:
        raise ArgumentError(
            "route", wanted, f"it is not exact for {network.describe()!r}: {reason}; leave it out"
        )
    return wanted
