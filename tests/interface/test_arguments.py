"""Every public callable against arguments of wrong types and values.

The table below names each callable, gives arguments that are cheap, and says for each of them what
else may be right. A hostile value in place of one argument ends in an error of the package, or, if
the table says that it may be right, in an answer. Never in another exception: a user who mistypes
gets a sentence. The table is long because it holds every public name; a name without an entry
fails the test.
"""

from __future__ import annotations

import inspect
import math
import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import sympy as sp

import depthlaw
from depthlaw import plots
from depthlaw.numerics import chains, transport, verify
from depthlaw.numerics.estimation import betting, confidence, median
from depthlaw.numerics.studies import ablation, inverse, sweep
from depthlaw.theory import activations, claim, decomposition, hermite, kernels, values
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claims.isometry._constant import best_constant
from depthlaw.theory.errors import ArgumentError, DepthlawError, plain
from depthlaw.theory.isometry.depth import depth_to_isometry
from depthlaw.theory.kernels import gram_flow
from depthlaw.theory.network import (
    Activate,
    Linear,
    Network,
    Over,
    Recenter,
    Rescale,
    Variance,
    Weights,
    batch_geometry,
    gram,
    observables,
)
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.network.weight_law import WeightLaw, symmetric
from depthlaw.theory.rank import expansion

Accepts = Callable[[object], bool]


def is_number(value: object) -> bool:
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    return isinstance(value, int) or math.isfinite(value)


def never(value: object) -> bool:
    return False


def anything(value: object) -> bool:
    return True


def whole(least: int = 1) -> Accepts:
    def accepts(value: object) -> bool:
        return is_number(value) and plain(value) == int(plain(value)) >= least

    return accepts


def real(
    low: float = -math.inf, high: float = math.inf, *, strict: bool = False, infinite: bool = False
) -> Accepts:
    def accepts(value: object) -> bool:
        value = plain(value)
        if infinite and isinstance(value, float) and value == math.inf:
            return True
        if not is_number(value):
            return False
        return low < value < high if strict else low <= value <= high

    return accepts


def sizes(value: object) -> bool:
    return isinstance(value, list | np.ndarray) and (
        getattr(value, "ndim", 1) == 1 and all(map(whole(), value))
    )


def member(kind: type) -> Accepts:
    return lambda value: isinstance(value, str) and value in set(kind)


def flag(value: object) -> bool:
    return isinstance(plain(value), bool)


def optional(accepts: Accepts) -> Accepts:
    return lambda value: value is None or accepts(value)


def either(*several: Accepts) -> Accepts:
    return lambda value: any(accepts(value) for accepts in several)


def array(value: object) -> bool:
    return is_number(value) or listed(value)


def listed(value: object) -> bool:
    return isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim > 0)


def empty(value: object) -> bool:
    return isinstance(value, list) and not value


def minus_infinity(value: object) -> bool:
    return isinstance(value, float) and value == -math.inf


def text(value: object) -> bool:
    return isinstance(value, str)


def mapping(value: object) -> bool:
    return isinstance(value, Mapping)


probability = real(0, 1, strict=True)
positive = real(0, strict=True)
seed = either(whole(0), listed)


@dataclass(frozen=True)
class Call:
    """A callable with arguments that work, and which others may."""

    called: Callable[..., Any]
    good: Mapping[str, Any]
    accepts: Mapping[str, Accepts] = field(default_factory=dict)
    positional: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()
    """Arguments whose right values take long, or write a file: only wrong ones are tried."""

    def __call__(self, **changed: Any) -> Any:
        given = {**self.good, **changed}
        first = [given.pop(name) for name in self.positional]
        return self.called(*first, **given)


X = sp.Symbol("x", positive=True)
K = sp.Symbol("k", integer=True, positive=True)


def _steps() -> dict[str, Call]:
    """Every kind of step; each takes text, SymPy objects, functions and flags, and nothing else."""
    words: dict[str, Any] = {"title": "t"}
    box = {X: (Fraction(0), Fraction(1))}
    good: dict[type, dict[str, Any]] = {
        claim.Identity: {"left": X, "right": X},
        claim.Limit: {"expression": X, "symbol": X, "point": X, "value": X},
        claim.Sign: {"expression": X, "strict": True},
        claim.PositiveOnBox: {"expression": X, "box": box},
        claim.Agreement: {
            **{"formula": "f", "first": list, "second": list},
            **{"bits": 128, "accuracy_bits": 40},
        },
        claim.Order: {"formula": "f", "smaller": int, "larger": int, "bits": 128},
        claim.Cited: {"source": "s", "formula": "f"},
        claim.Argued: {
            **{"text": "w", "formula": "f", "carries": True},
            **{"relation": X <= 1, "ranges": box},
        },
        claim.Uses: {"claim": LEMMA, "at": {}, "known": ()},
        claim.AmGm: {"term": X, "index": K, "count": K},
        claim.CauchySchwarz: {"first": X, "second": X, "mean": claim.E},
        claim.Holder: {"first": X, "second": X, "power": sp.Integer(2), "mean": claim.E},
        claim.Minkowski: {"first": X, "second": X, "power": sp.Integer(2), "mean": claim.E},
        claim.Induction: {
            **{"sequence": "x", "step": X, "variable": X, "start": X, "bound": X, "box": box},
        },
        claim.IntermediateValue: {
            **{"function": X - 1, "variable": X, "lower": sp.Integer(0), "upper": sp.Integer(2)},
            **{"falling": False, "box": box},
        },
        claim.MonotoneIntegral: {
            **{"smaller": X, "larger": X, "variable": X, "lower": X, "upper": X, "box": box},
        },
        claim.Jensen: {
            **{"function": X**2, "variable": X, "mean": X, "concave": False, "box": box},
        },
        claim.Tangent: {
            **{"function": X**2, "variable": X, "point": X, "concave": False, "box": box},
        },
        claim.ExchangeableSum: {
            **{"function": X**2, "variable": X, "extreme": X, "concave": False, "box": box},
        },
        claim.Markov: {"variable": X, "threshold": X, "mean": X},
        claim.RotationInvariance: {
            **{"function": X**2, "coordinates": (X,), "degree": 2, "dimension": K},
        },
        claim.SchurOstrowski: {
            **{"function": X + K, "first": X, "second": K, "concave": False, "box": box},
        },
        claim.Tonelli: {
            **{"integrand": X, "mean": X, "variable": X, "lower": X, "upper": X, "factor": X},
        },
        claim.TouchingParabola: {
            **{"function": sp.log(X), "variable": X, "meets": K, "touches": sp.S.One},
            **{"below": False, "box": box},
        },
        claim.TowerProperty: {
            **{"variable": X, "conditional": X, "relation": "==", "lowest": X},
        },
        claim.UnionBound: {"event": "A", "probability": X, "index": K, "count": K},
        claim.VertexMaximum: {
            **{"function": X**2, "variable": X, "smallest": X, "total": X, "count": K},
            **{"concave": False},
        },
    }
    kinds: dict[str, Accepts] = {
        **dict.fromkeys(("title", "text", "formula", "source", "event", "sequence", "claim"), text),
        **dict.fromkeys(("strict", "carries", "concave", "falling", "below"), flag),
        **dict.fromkeys(("bits", "accuracy_bits", "degree"), whole(0)),
        **dict.fromkeys(("box", "ranges"), optional(mapping)),
        **dict.fromkeys(("at",), mapping),
        **dict.fromkeys(("known",), empty),
        **dict.fromkeys(("coordinates",), empty),
        **dict.fromkeys(("lowest", "relation"), optional(never)),
    }
    found = {}
    for kind, arguments in good.items():
        accepts = {name: kinds[name] for name in (*words, *arguments) if name in kinds}
        if kind is claim.Markov:
            accepts["mean"] = optional(never)
        found[kind.__name__] = Call(kind, {**words, **arguments}, accepts)
    found["Heading"] = Call(claim.Heading, {"text": "t"}, {"text": text})
    return found


DIRECTORY = TemporaryDirectory()
NETWORK = Network(6, 2, (Linear(), Rescale()))
EYE = np.eye(2)
STATE = np.array([[1.0, 0.5], [-0.5, 1.0], [0.25, 2.0]])
LEMMA = "orthogonalization.lemma-4-sharp"
RUN = {"progress": optional(never), "executor": optional(never)}
SAMPLED = {"depth": whole(0), "replicas": whole(), "seed": seed, **RUN}


@cache
def relu() -> activations.Activation:
    return activations.activation("relu")


@cache
def trajectory() -> Any:
    return depthlaw.simulate(NETWORK, depth=1, replicas=2, initial_gram=EYE)


@cache
def chain() -> Any:
    return chains.rank_chain(chains.rank_network(3, 3), depth=8, replicas=3, blocks=2)


@cache
def verdict() -> Any:
    return verify.verify(LEMMA).verdicts[0]


def _lemma() -> Claim:
    return depthlaw.claim(LEMMA)


def _fields(kind: Any) -> list[tuple[str, Any]]:
    return list(kind.__dataclass_fields__.items())


def _remade(**changed: Any) -> Claim:
    base = _lemma()
    fields = {name: getattr(base, name) for name, field in _fields(Claim) if field.init}
    return Claim(**{**fields, **changed})


def _measured() -> claim.Measured:
    return claim.Measured(
        NETWORK, EYE, 1, {"gap": gram.orthogonality_gap}, lambda seen: seen["gap"][:, -1], 0.0, 1.0
    )


def _chain_arguments() -> dict[str, Any]:
    return {
        "network": chains.rank_network(3, 3),
        "depth": 4,
        "replicas": 1,
        "burn_in": 1,
        "every": 1,
        "blocks": 2,
        "seed": 0,
        "observables": None,
        "executor": None,
        "first_replica": 0,
        "progress": None,
    }


CHAIN = {
    "depth": whole(),
    "replicas": whole(),
    "burn_in": whole(0),
    "every": whole(),
    "blocks": optional(whole(2)),
    "seed": seed,
    "observables": optional(mapping),
    "first_replica": whole(0),
    **RUN,
}


INVERSE = {
    "target": probability,
    "initial_gram": array,
    "replicas": whole(),
    "largest": whole(),
    "level": probability,
    "seed": whole(0),
    "executor": optional(never),
    "progress": optional(never),
}


@cache
def table() -> dict[str, Call]:
    """Return the calls, by the name under which a user finds the callable."""
    f = kernels.normalised_map(relu())
    start = {"initial_gram": optional(array), "initial_state": optional(array)}
    weights = either(member(Weights), lambda value: isinstance(value, WeightLaw))
    samples = np.stack([EYE / 2] * 8)
    return {
        # networks
        "Linear": Call(
            Linear,
            {
                "weights": "gaussian",
                "variance": "unit",
                "residual": 0.5,
                "mean": 0.25,
                "bias": 0.5,
                "width": None,
            },
            {
                "weights": weights,
                "variance": either(member(Variance), positive),
                "residual": optional(positive),
                "mean": real(),
                "bias": real(0),
                "width": optional(whole()),
            },
        ),
        "predict_drawn": Call(
            depthlaw.predict_drawn,
            {
                "network": Network(4, 2, parse_layer("attention")),
                "depth": 1,
                "replicas": 2,
                "seed": 0,
                "level": 0.05,
                "correlation": 0.5,
                "initial_gram": None,
                "second_moment": None,
                "gaussian": True,
            },
            {
                "depth": whole(0),
                "replicas": whole(),
                "seed": seed,
                "level": probability,
                "correlation": optional(real(-1, 1)),
                "initial_gram": optional(never),
                "second_moment": optional(positive),
                "gaussian": flag,
            },
        ),
        "Conv": Call(
            depthlaw.Conv,
            {"kernel": 3, "variance": 2.0, "bias": 0.5, "width": "2x", "padding": "circular"},
            {
                "kernel": lambda value: whole()(value) and plain(value) % 2 == 1,
                "variance": positive,
                "bias": real(0),
                "width": optional(whole()),
                "padding": member(depthlaw.Padding),
            },
        ),
        "Attention": Call(
            depthlaw.Attention,
            {
                "heads": 2,
                "head_width": 4,
                "causal": True,
                "window": 3,
                "temperature": 2.0,
                "scale": 0.5,
                "uniform": False,
            },
            {
                "heads": whole(),
                "head_width": optional(whole()),
                "causal": flag,
                "window": optional(whole()),
                "temperature": positive,
                "scale": optional(real()),
                "uniform": lambda value: plain(value) is False,
            },
        ),
        "Average": Call(depthlaw.Average, {}),
        "BatchNorm": Call(depthlaw.BatchNorm, {"epsilon": 0.5}, {"epsilon": real(0)}),
        "LayerNorm": Call(depthlaw.LayerNorm, {"epsilon": 0.5}, {"epsilon": real(0)}),
        "RMSNorm": Call(depthlaw.RMSNorm, {"epsilon": 0.5}, {"epsilon": real(0)}),
        "GLU": Call(depthlaw.GLU, {"activation": Activate(np.tanh, "tanh")}),
        "Residual": Call(
            depthlaw.Residual,
            {"branch": (Linear(),), "scale": 0.5, "skip": 1.0},
            {
                "scale": lambda value: real()(value) and plain(value) != 0,
                "skip": real(),
            },
        ),
        "Recenter": Call(Recenter, {"over": "batch"}, {"over": member(Over)}),
        "Rescale": Call(
            Rescale,
            {"over": "features", "epsilon": 0.5},
            {"over": member(Over), "epsilon": real(0)},
        ),
        "Activate": Call(
            Activate,
            {"function": np.tanh, "name": "t", "homogeneous": False, "derivative": None},
            {"name": text, "homogeneous": flag, "derivative": optional(never)},
        ),
        "Network": Call(
            Network,
            {
                "width": 3,
                "batch": 2,
                "layer": (Linear(),),
                "stem": (),
                "head": (),
                "positions": (),
                "inputs": None,
            },
            {
                "width": whole(),
                "batch": whole(),
                "stem": lambda value: isinstance(value, list) and not value,
                "head": lambda value: isinstance(value, list) and not value,
                "positions": sizes,
                "inputs": optional(whole()),
            },
        ),
        "WeightLaw": Call(
            WeightLaw,
            {"values": (-1, 1), "probabilities": (Fraction(1, 2),) * 2, "name": ""},
            {"name": text},
        ),
        "symmetric": Call(symmetric, {"law": WeightLaw((-1, 1), (Fraction(1, 2),) * 2)}),
        "parse_layer": Call(parse_layer, {"text": "linear"}),
        # claims
        "claim": Call(depthlaw.claim, {"claim_id": LEMMA}),
        "claims": Call(depthlaw.claims, {"name": None}, {"name": optional(never)}),
        "Claim": Call(
            _remade,
            {name: getattr(_lemma(), name) for name, field in _fields(Claim) if field.init},
            {
                "title": text,
                "statement": never,
                "control": optional(real()),
                "negative_control": flag,
                "status": member(claim.Status),
                "expected": member(claim.Outcome),
                **dict.fromkeys(
                    ("parameters", "checks", "assumes", "decreasing", "errata", "siblings"),
                    listed,
                ),
            },
        ),
        "Claim.bound": Call(
            _lemma().bound,
            {"batch": 4, "lyapunov": Fraction(1, 8)},
            {"batch": whole(2), "lyapunov": real(0, 1)},
        ),
        "Claim.vacuous": Call(
            _lemma().vacuous,
            {"batch": 4, "lyapunov": Fraction(1, 8)},
            {"batch": whole(2), "lyapunov": real(0, 1)},
        ),
        "Claim.accept": Call(_lemma().accept, {"parameters": {"batch": 4, "lyapunov": 0.1}}),
        "smallest": Call(
            depthlaw.smallest,
            {
                "claim": depthlaw.claim("orthogonalization.lemma-6"),
                "parameter": "width",
                "target": 0.01,
            },
            {"target": positive},
        ),
        "smallest_not_vacuous": Call(
            depthlaw.smallest_not_vacuous,
            {
                "claim": depthlaw.claim("orthogonalization.theorem-1-corrected"),
                "parameter": "width",
                "batch": 4,
                "depth": 1000,
                "alpha": Fraction(1, 4),
            },
            {"batch": whole(2), "depth": whole(0), "alpha": real(0, 1)},
        ),
        "Source": Call(
            claim.Source,
            {"key": "k", "place": "p", "version": "", "note": ""},
            dict.fromkeys(("key", "place", "version", "note"), text),
        ),
        "Parameter": Call(
            claim.Parameter,
            {
                "name": "x",
                "symbol": sp.Symbol("x"),
                "domain": "real number",
                "least": 0,
                "description": "d",
                "above": False,
            },
            {
                "name": text,
                "least": whole(-(10**9)),
                "description": text,
                "above": flag,
            },
        ),
        "Parameter.accept": Call(_lemma().parameters[0].accept, {"value": 4}, {"value": whole(2)}),
        "Assumption": Call(
            claim.Assumption,
            {
                "statement": "s",
                "argument": "a",
                "holds": lambda values: True,
                "advice": lambda values: "",
            },
            {"statement": text, "argument": text},
        ),
        "Computed": Call(
            claim.Computed, {"compute": lambda: None, "given": {}}, {"given": mapping}
        ),
        "Deferred": Call(claim.Deferred, {"find": lambda: {"batch": 2}}),
        "Condition": Call(
            claim.Condition,
            {"statement": "s", "argument": "a", "holds": lambda values: True, "why": "w"},
            {"statement": text, "argument": text, "why": text},
        ),
        "Requires": Call(
            claim.Requires,
            {"relation": X <= 1, "why": "w", "argument": "a"},
            {"why": text, "argument": optional(text)},
        ),
        "Paper": Call(
            claim.Paper,
            {
                "key": "k",
                "title": "t",
                "version": "v",
                "authors": (),
                "venue": "p",
                "year": 1,
                "chapter": 1,
            },
            {
                **dict.fromkeys(("key", "title", "version", "venue"), text),
                "authors": lambda value: listed(value) and all(map(text, value)),
                "year": optional(whole()),
                "chapter": whole(0),
            },
        ),
        "Statement": Call(
            claim.Statement,
            {
                "quantity": X,
                "sense": "equal",
                "formula": X,
                "trivial": X,
                "within": X,
                "leading": "O(1)",
                "by": None,
                "tested": None,
            },
            {
                "sense": member(claim.Sense),
                "leading": optional(text),
                "formula": real(),
                "trivial": optional(real()),
                "within": optional(positive),
                "tested": optional(never),
                "by": optional(never),
            },
        ),
        **{
            kind.__name__: Call(
                kind,
                {
                    "quantity": X,
                    "formula": X,
                    "trivial": X,
                    "by": None,
                    **(
                        {}
                        if kind in (claim.upper, claim.lower)
                        else {"within": X, "tested": None, "leading": "O"}
                    ),
                },
                {
                    "formula": real(),
                    "trivial": optional(real()),
                    "within": optional(positive),
                    "tested": optional(never),
                    "leading": optional(text),
                    "by": optional(never),
                },
            )
            for kind in (claim.upper, claim.lower, claim.equal, claim.rate)
        },
        "declare": Call(
            claim.declare,
            {
                "name": "mine.lemma",
                "title": "t",
                "statement": _lemma().statement,
                "checks": _lemma().checks,
                "parameters": _lemma().parameters,
                "assumes": (),
                "source": _lemma().source,
                "status": "sharpened",
                "expected": "CERTIFIED",
                "derivation": tuple,
                "control": None,
                "decreasing": (),
                "errata": (),
                "siblings": (),
            },
            {
                "title": text,
                "control": optional(real()),
                "status": member(claim.Status),
                "expected": member(claim.Outcome),
                **dict.fromkeys(
                    ("checks", "parameters", "assumes", "decreasing", "errata", "siblings"),
                    listed,
                ),
            },
        ),
        **_steps(),
        "PathAssumption": Call(
            claim.PathAssumption,
            {"name": "a", "statistic": lambda seen: seen, "threshold": 0.5},
            {"name": text, "threshold": real()},
        ),
        "Backward": Call(
            claim.Backward,
            {"top": "output", "compares": True},
            {"top": text, "compares": flag},
        ),
        "Measured": Call(
            claim.Measured,
            {
                "network": NETWORK,
                "initial_gram": EYE,
                "depth": 1,
                "observables": {"gap": gram.orthogonality_gap},
                "per_replica": lambda seen: seen["gap"][:, -1],
                "lowest": 0.0,
                "highest": 1e9,
                "assumption": None,
                "layers": None,
                "backward": None,
            },
            {
                "backward": optional(never),
                "depth": whole(0),
                "layers": optional(empty),
                "observables": mapping,
                "lowest": either(
                    real(), lambda value: isinstance(value, float) and value == -math.inf
                ),
                "highest": real(0, infinite=True),
                "assumption": optional(never),
            },
        ),
        "Typical": Call(claim.Typical, {"measured": _measured()}),
        "Scaling": Call(
            claim.Scaling,
            {"sizes": (1, 2), "measured": (_measured(), _measured())},
            {"sizes": listed},
        ),
        "Check": Call(
            claim.Check,
            {
                "label": "l",
                "parameters": {},
                "quantity": _measured(),
                "budget": "quick",
                "replicas": 10,
                "resolution": None,
            },
            {
                "label": text,
                "parameters": mapping,
                "budget": member(claim.Budget),
                "replicas": whole(),
                "resolution": optional(real(0, strict=True)),
            },
        ),
        # activations, Hermite expansions, kernels
        "activation": Call(depthlaw.activation, {"name": "relu"}),
        "from_text": Call(activations.from_text, {"text": "tanh(x)"}),
        "from_expression": Call(
            activations.from_expression,
            {"expression": activations.X, "name": None},
            {"name": optional(text)},
        ),
        "leaky_relu": Call(activations.leaky_relu, {"slope": 0.5}, {"slope": real()}),
        "two_slope": Call(
            activations.two_slope, {"below": 0.5, "above": 1}, {"below": real(), "above": real()}
        ),
        "elu": Call(activations.elu, {"alpha": 0.5}, {"alpha": real()}),
        "celu": Call(activations.celu, {"alpha": 0.5}, {"alpha": positive}),
        "selu": Call(activations.selu, {}),
        "monomial": Call(activations.monomial, {"degree": 2}, {"degree": whole(0)}),
        "hermite": Call(activations.hermite, {"degree": 2}, {"degree": whole(0)}),
        "polynomial": Call(
            activations.polynomial, {"first": 1}, {"first": real()}, positional=("first",)
        ),
        "Activation.gain": Call(relu().gain, {"gain": 2}, {"gain": real()}),
        "Activation.shift": Call(relu().shift, {"shift": 2}, {"shift": real()}),
        "Activation.multiple": Call(relu().multiple, {"factor": 2}, {"factor": real()}),
        "Activation.__add__": Call(relu().__add__, {"other": relu()}, positional=("other",)),
        "Activation": Call(
            activations.Activation,
            {"name": "r", "pieces": relu().pieces, "function": np.tanh},
            {"name": text},
        ),
        "mean": Call(hermite.mean, {"activation": relu()}),
        "normalised": Call(hermite.normalised, {"activation": relu()}),
        "centred": Call(hermite.centred, {"activation": relu()}),
        "second_moment": Call(hermite.second_moment, {"activation": relu()}),
        "general_term": Call(hermite.general_term, {"activation": relu()}),
        "derivation": Call(hermite.derivation, {"activation": relu()}),
        "coefficients": Call(
            hermite.coefficients, {"activation": relu(), "order": 3}, {"order": whole(0)}
        ),
        "series": Call(hermite.series, {"activation": relu(), "order": 3}, {"order": whole(0)}),
        "KernelMap": Call(depthlaw.KernelMap, {"activation": relu()}),
        "KernelMap.__call__": Call(
            depthlaw.KernelMap(relu()),
            {"correlation": 0.5, "order": 1},
            {"correlation": real(-1, 1), "order": whole(0)},
        ),
        "KernelMap.covariance": Call(
            depthlaw.KernelMap(relu()).covariance,
            {"first": 1, "second": 1, "covariance": 0},
            dict.fromkeys(("first", "second", "covariance"), real(-1)),
            slow=("first", "second"),
        ),
        "KernelMap.derivative_covariance": Call(
            depthlaw.KernelMap(relu()).derivative_covariance,
            {"first": 1, "second": 1, "covariance": 0},
            dict.fromkeys(("first", "second", "covariance"), real(-1)),
            slow=("first", "second"),
        ),
        "normalised_map": Call(kernels.normalised_map, {"activation": relu()}),
        "centred_map": Call(kernels.centred_map, {"activation": relu()}),
        "isometry_strength": Call(kernels.isometry_strength, {"activation": relu()}),
        "kernel_derivation": Call(kernels.kernel_derivation, {"activation": relu()}),
        "closed_kernel": Call(kernels.closed_kernel, {"activation": relu()}),
        "CorrelationMap.residual": Call(f.residual, {"strength": 0.5}, {"strength": real(0, 1)}),
        "CorrelationMap": Call(
            kernels.CorrelationMap,
            {
                "kernel": f.kernel,
                "scale": f.scale,
                "linear": sp.Integer(0),
                "offset": sp.Integer(0),
            },
            dict.fromkeys(("scale", "linear", "offset"), real()),
        ),
        "as_value": Call(values.as_value, {"number": sp.Integer(1)}),
        "decide_case": Call(kernels.decide_case, {"correlation_map": f}),
        "fixed_points": Call(kernels.fixed_points, {"correlation_map": f}),
        "rate": Call(kernels.rate, {"correlation_map": f}),
        "kernels.trajectory": Call(
            kernels.trajectory,
            {"correlation_map": f, "start": 0.5, "depth": 2},
            {"start": real(-1, 1), "depth": whole(0)},
        ),
        "depth_to_reach": Call(
            kernels.depth_to_reach,
            {"correlation_map": f, "start": 0.5, "target": 0.6},
            {"start": real(-1, 1), "target": real(-1, 1)},
        ),
        "kernel_values": Call(
            kernels.kernel_values, {"kernel": f, "correlations": [0.5]}, {"correlations": array}
        ),
        "order_chaos": Call(
            kernels.order_chaos,
            {"activation": relu(), "weight_variance": 1, "bias_variance": 1, "start": 1},
            {"weight_variance": positive, "bias_variance": real(0), "start": positive},
            slow=("weight_variance", "bias_variance", "start"),
        ),
        "critical_point": Call(
            kernels.critical_point,
            {"activation": relu(), "variance": 3},
            {"variance": positive},
            slow=("variance",),
        ),
        "gram_path": Call(
            gram_flow.gram_path,
            {"correlation_map": f, "gram": EYE, "depth": 1},
            {"gram": array, "depth": whole(0)},
        ),
        "depth_to_isometry": Call(
            depth_to_isometry,
            {"gram": [[1, 0.5], [0.5, 1]], "activation": activations.hermite(2), "target": 0.1},
            {"target": positive},
            slow=("target",),
        ),
        # Gram matrices
        "equicorrelated": Call(
            gram.equicorrelated,
            {"batch": 3, "correlation": 0.5},
            {"batch": whole(), "correlation": real(-1, 1)},
        ),
        **{
            functional.__name__: Call(functional, {"gram": EYE}, {"gram": array})
            for functional in (gram.orthogonality_gap, gram.smallest_eigenvalue, gram.stable_rank)
        },
        "soft_rank": Call(
            gram.soft_rank,
            {"gram": EYE, "threshold": 0.5, "width": 3},
            {"gram": array, "threshold": real(0, 1), "width": whole()},
        ),
        "check_gram": Call(
            gram.check_gram,
            {"argument": "gram", "gram": EYE, "zero": False},
            {"argument": anything, "zero": flag},
        ),
        "shape_of": Call(batch_geometry.shape_of, {"gram": EYE}, {"gram": array}),
        "Observable": Call(
            observables.Observable,
            {
                "name": "gap",
                "function": gram.orthogonality_gap,
                "lowest": lambda n: 0.0,
                "highest": lambda n: 1.0,
            },
            {"name": text},
        ),
        # simulation and training
        "simulate": Call(
            depthlaw.simulate,
            {
                "network": NETWORK,
                "depth": 1,
                "replicas": 1,
                "seed": 0,
                "initial_gram": EYE,
                "initial_state": None,
                "observables": None,
                "layers": None,
                "gradients": True,
                "cotangent": None,
                "independent": False,
                "route": None,
                "executor": None,
                "first_replica": 0,
                "progress": None,
            },
            {
                **SAMPLED,
                **start,
                "gradients": flag,
                "cotangent": optional(never),
                "independent": flag,
                "observables": optional(mapping),
                "layers": optional(empty),
                "route": optional(text),
                "first_replica": whole(0),
            },
        ),
        "predict": Call(
            depthlaw.predict,
            {
                "network": NETWORK,
                "depth": 1,
                "correlation": 0.5,
                "initial_gram": None,
                "second_moment": 1.0,
                "gaussian": True,
                "spread": False,
                "scores": None,
            },
            {
                "scores": optional(never),
                "depth": whole(0),
                "correlation": optional(real(-1, 1)),
                "initial_gram": optional(never),
                "second_moment": optional(positive),
                "gaussian": flag,
                "spread": flag,
            },
        ),
        "kernels": Call(
            depthlaw.kernels,
            {
                "network": Network(4, 1, parse_layer("conv:3"), positions=(2,)),
                "depth": 1,
                "correlation": 0.5,
                "initial_gram": None,
                "second_moment": 1.0,
                "readout": None,
            },
            {
                "depth": whole(0),
                "correlation": optional(real(-1, 1)),
                "initial_gram": optional(never),
                "second_moment": optional(positive),
                "readout": optional(member(depthlaw.Readout)),
            },
        ),
        "KernelLayer.number": Call(
            depthlaw.kernels(NETWORK, depth=0).layers[0].number,
            {"kernel": "nngp", "first": 0, "second": 0},
            {
                "kernel": lambda value: isinstance(value, str) and value in ("nngp", "ntk"),
                "first": lambda value: whole(0)(value) and plain(value) < 2,
                "second": lambda value: whole(0)(value) and plain(value) < 2,
            },
        ),
        "Trajectory.join": Call(trajectory().join, {"other": None}, positional=("other",)),
        "initialise": Call(
            depthlaw.initialise,
            {"widths": [3], "batch": STATE, "activation": None, "seed": 0, "norm": 1.0},
            {"activation": optional(never), "seed": seed, "norm": optional(positive)},
        ),
        "ablation": Call(
            ablation.ablation,
            {
                "batch": 2,
                "width": 4,
                "depth": 1,
                "replicas": 1,
                "activations": ["linear"],
                "initial_gram": None,
                "level": 0.05,
                "seed": 0,
                "executor": None,
                "progress": None,
            },
            {
                "batch": whole(2),
                "width": whole(),
                "depth": whole(),
                "replicas": whole(),
                "initial_gram": optional(array),
                "level": probability,
                "seed": whole(0),
                **RUN,
            },
        ),
        "layer_of": Call(
            ablation.layer_of,
            {"name": "relu", "recenter": True, "rescale": False},
            {"recenter": flag, "rescale": flag},
        ),
        "phase_map": Call(
            sweep.phase_map,
            {
                "directory": DIRECTORY.name,
                "batches": [3],
                "widths": [3],
                "depths": [1],
                "replicas": 1,
                "layer": sweep.PLAIN,
                "round_size": 1,
                "level": 0.05,
                "seed": 0,
                "executor": None,
                "progress": None,
            },
            {
                **dict.fromkeys(("batches", "widths", "depths"), listed),
                "directory": text,
                "replicas": whole(),
                "round_size": whole(),
                "level": probability,
                "seed": whole(0),
                **RUN,
            },
            slow=("directory", "replicas", "round_size", "level", "seed"),
        ),
        "smallest_depth": Call(
            inverse.smallest_depth,
            {
                "network": NETWORK,
                "target": 0.3,
                "initial_gram": EYE,
                "observable": "orthogonality_gap",
                "largest": 2,
                "replicas": 20,
                "level": 0.05,
                "seed": 0,
                "executor": None,
                "progress": None,
            },
            INVERSE,
        ),
        "smallest_width": Call(
            inverse.smallest_width,
            {
                "network": NETWORK,
                "target": 0.3,
                "initial_gram": EYE,
                "observable": "orthogonality_gap",
                "depth": 1,
                "largest": 4,
                "replicas": 20,
                "level": 0.05,
                "seed": 0,
                "executor": None,
                "progress": None,
            },
            {**INVERSE, "depth": whole()},
        ),
        # confidence
        "MeanBounds": Call(
            depthlaw.MeanBounds,
            {"lowest": 0, "highest": 1, "level": 0.05, "rounding": None},
            {
                "lowest": real(),
                "highest": real(),
                "level": probability,
                "rounding": optional(real(0)),
            },
        ),
        "MeanBounds.update": Call(
            depthlaw.MeanBounds(lowest=0, highest=1, level=0.05).update,
            {"samples": [0.5]},
            {"samples": array},
        ),
        "MeanBounds.log_evidence_above": Call(
            depthlaw.MeanBounds(lowest=0, highest=1, level=0.05).log_evidence_above,
            {"mean": 0.5},
            {"mean": real()},
        ),
        "MeanBounds.log_evidence_below": Call(
            depthlaw.MeanBounds(lowest=0, highest=1, level=0.05).log_evidence_below,
            {"mean": 0.5},
            {"mean": real()},
        ),
        "mean_bounds": Call(
            confidence.mean_bounds,
            {"samples": [0.5], "lowest": 0, "highest": 1, "level": 0.05},
            {"samples": array, "lowest": real(), "highest": real(), "level": probability},
        ),
        "binomial_bounds": Call(
            confidence.binomial_bounds,
            {"successes": 1, "trials": 3, "level": 0.05},
            {"successes": whole(0), "trials": whole(), "level": probability},
        ),
        "evidence_paths": Call(
            betting.evidence_paths,
            {"samples": [0.5], "mean": 0.5, "lowest": 0, "highest": 1, "every": 1},
            {
                "samples": array,
                "mean": real(),
                "lowest": real(),
                "highest": real(),
                "every": whole(),
            },
        ),
        "median_bounds": Call(
            median.median_bounds,
            {"samples": [0.5], "level": 0.05},
            {
                "samples": either(array, lambda value: plain(value) in (math.inf, -math.inf)),
                "level": probability,
            },
        ),
        # ranks
        "rank_network": Call(
            depthlaw.rank_network,
            {
                "width": 3,
                "batch": 3,
                "strength": 0.5,
                "weights": "gaussian",
                "mean": 0.0,
                "normalise": True,
                "recenter": False,
                "activation": None,
            },
            {
                "width": whole(),
                "batch": whole(),
                "strength": real(0, 1e300, strict=True, infinite=True),
                "weights": weights,
                "mean": real(),
                "normalise": flag,
                "recenter": flag,
                "activation": optional(never),
            },
        ),
        "rank_chain": Call(
            depthlaw.rank_chain,
            {**_chain_arguments(), "initial_gram": None, "initial_state": None, "route": None},
            {**CHAIN, **start, "route": optional(text)},
        ),
        "deep_chain": Call(
            depthlaw.deep_chain,
            {**_chain_arguments(), "at": None, "initial_gram": None, "initial_state": None},
            {**CHAIN, **start, "at": optional(listed)},
        ),
        "covariance_chain": Call(
            chains.covariance_chain,
            {**_chain_arguments(), "initial_covariance": None},
            {**CHAIN, "initial_covariance": optional(array)},
        ),
        "ergodic_average": Call(
            depthlaw.ergodic_average,
            {"run": chain(), "name": "stable_rank", "level": 0.05},
            {"level": probability},
        ),
        "batch_means": Call(
            depthlaw.batch_means,
            {"run": chain(), "name": "stable_rank", "level": 0.05},
            {"level": probability},
        ),
        "collapse_threshold": Call(
            depthlaw.collapse_threshold,
            {
                "width": 16,
                "batch": 16,
                "strength": math.inf,
                "weights": "gaussian",
                "target": 0.5,
                "largest": 4.0,
                "precision": 4.0,
                "depth": 40,
                "burn_in": 20,
                "replicas": 64,
                "level": 0.5,
                "seed": 0,
                "executor": None,
                "progress": None,
            },
            {
                "width": whole(),
                "batch": optional(whole()),
                "strength": real(0, 1e300, strict=True, infinite=True),
                "weights": weights,
                **dict.fromkeys(("target", "level"), probability),
                **dict.fromkeys(("largest", "precision"), positive),
                "depth": whole(),
                "burn_in": whole(0),
                "replicas": whole(),
                "seed": seed,
                **RUN,
            },
            slow=(
                "width",
                "batch",
                "strength",
                "weights",
                "target",
                "level",
                "depth",
                "seed",
                "largest",
                "precision",
                "burn_in",
                "replicas",
            ),
        ),
        "lyapunov_spectrum": Call(
            depthlaw.lyapunov_spectrum,
            {
                "width": 3,
                "strength": 0.5,
                "depth": 3,
                "replicas": 2,
                "burn_in": 0,
                "count": None,
                "weights": "gaussian",
                "level": 0.05,
                "seed": 0,
                "executor": None,
                "progress": None,
            },
            {
                "width": whole(),
                "strength": real(0, 1e300, strict=True, infinite=True),
                "depth": whole(),
                "replicas": whole(2),
                "burn_in": whole(0),
                "count": optional(whole()),
                "weights": weights,
                "level": probability,
                "seed": seed,
                **RUN,
            },
        ),
        "gaussian_deviation": Call(
            chains.gaussian_deviation,
            {"width": 4, "index": 2, "increments": 10, "level": 0.05},
            {
                "width": whole(),
                "index": whole(),
                "increments": whole(),
                "level": probability,
            },
        ),
        "rank_bounds": Call(
            depthlaw.rank_bounds,
            {"state": STATE, "threshold": 0.5, "scale_free": True},
            {"threshold": real(0, 1), "scale_free": flag},
        ),
        "rank_observables": Call(
            chains.rank_observables,
            {"network": NETWORK, "thresholds": (0.5,)},
            {"thresholds": either(listed, mapping)},
        ),
        "numerical_rank": Call(chains.numerical_rank, {"gram": EYE}, {"gram": array}),
        "step_state": Call(
            chains.step_state,
            {"state": STATE[:2], "weights": np.eye(2), "strength": 0.5},
            {"strength": real(0, 1e300, strict=True, infinite=True)},
        ),
        "step_covariance": Call(
            chains.step_covariance,
            {"covariance": EYE, "weights": np.eye(2), "strength": 0.5},
            {"strength": real(0, 1e300, strict=True, infinite=True)},
        ),
        "pretrain": Call(
            depthlaw.pretrain,
            {"batch": EYE, "weights": [STATE], "steps": 1, "first_step": 0.1},
            {"steps": whole(), "first_step": real(0, 1000, strict=True)},
        ),
        "stable_rank_gradient": Call(chains.stable_rank_gradient, {"state": STATE}),
        # transport
        "bures_distance": Call(depthlaw.bures_distance, {"left": EYE, "right": EYE}),
        "bures_cost": Call(transport.bures_cost, {"left": EYE, "right": EYE}),
        "bures_distance_of_grams": Call(
            transport.bures_distance_of_grams, {"left": EYE, "right": EYE}
        ),
        "pairwise_bures": Call(transport.pairwise_bures, {"left": samples, "right": samples}),
        "coupling_bound": Call(
            depthlaw.coupling_bound,
            {
                "network": NETWORK,
                "depth": 1,
                "replicas": 2,
                "level": 0.05,
                "seed": 0,
                "initial_gram": EYE,
                "initial_state": None,
                "executor": None,
            },
            {**SAMPLED, **start, "level": probability},
        ),
        "coupling_cost": Call(transport.coupling_cost, {"gram": EYE}, {"gram": array}),
        "transport_cost": Call(
            depthlaw.transport_cost,
            {
                "left": samples,
                "right": samples,
                "level": 0.05,
                "highest": None,
                "paired": False,
            },
            {
                "level": probability,
                "highest": optional(real(0, strict=True, infinite=True)),
                "paired": flag,
            },
        ),
        "distance_to_gaussian": Call(
            transport.distance_to_gaussian,
            {
                "network": NETWORK,
                "depth": 1,
                "replicas": 8,
                "level": 0.05,
                "seed": 0,
                "initial_gram": EYE,
                "initial_state": None,
                "executor": None,
            },
            {**SAMPLED, **start, "replicas": whole(8), "level": probability},
            slow=(*SAMPLED, *start, "level"),
        ),
        # verification
        "verify": Call(
            depthlaw.verify,
            {
                "claims": LEMMA,
                "budget": "quick",
                "level": 1e-3,
                "seed": 0,
                "executor": None,
                "progress": None,
            },
            {
                "claims": lambda value: value is None or (isinstance(value, list) and not value),
                "budget": member(claim.Budget),
                "level": probability,
                "seed": whole(0),
                **RUN,
            },
            slow=("claims",),
        ),
        # pictures
        "plots.bound": Call(
            plots.bound,
            {
                "claim": LEMMA,
                "parameter": "lyapunov",
                "values": [0, 0.125],
                "others": {"batch": 4},
                "axes": None,
            },
            {"values": listed, "axes": optional(never)},
        ),
        "plots.bound_against_truth": Call(
            plots.bound_against_truth,
            {"verdict": verdict(), "axes": None},
            {"axes": optional(never)},
        ),
        "plots.cobweb": Call(
            plots.cobweb,
            {"kernel_map": f, "start": 0.5, "layers": 2, "axes": None},
            {"start": real(-1, 1), "layers": whole(), "axes": optional(never)},
            slow=("start", "layers", "axes"),
        ),
        "plots.phase_map": Call(
            plots.phase_map,
            {
                "found": sweep.PhaseMap(
                    "linear", 0.05, 0, (sweep.PhaseCell(3, 20, 5, 1, 4, 0.0, 0.9),)
                ),
                "depth": 5,
                "axes": None,
            },
            {"depth": optional(never), "axes": optional(never)},
        ),
        "plots.spectrum": Call(
            plots.spectrum,
            {"eigenvalues": [1.0, 2.0], "density": None, "distribution": None, "axes": None},
            {
                "eigenvalues": array,
                "density": optional(never),
                "distribution": optional(never),
                "axes": optional(never),
            },
        ),
        "plots.trajectory": Call(
            plots.trajectory,
            {
                "run": trajectory(),
                "observable": "orthogonality_gap",
                "level": 0.05,
                "bound": None,
                "axes": None,
            },
            {"level": probability, "bound": optional(listed), "axes": optional(never)},
        ),
    }


HOSTILE: tuple[object, ...] = (
    None,
    "text",
    "",
    b"bytes",
    math.nan,
    math.inf,
    -math.inf,
    -1,
    0,
    2.5,
    1e308,
    10**400,
    True,
    1j,
    Fraction(1, 3),
    np.int64(3),
    np.float32(0.5),
    np.array(2),
    np.bool_(False),
    np.array([1.0, 2.0]),
    np.array(["a"]),
    [],
    [[1, 2], [3]],
    {},
    object(),
)
HEAVY = {"depth", "replicas", "width", "batch", "widths", "steps", "largest", "increments"}
"""Where a huge number is right, and a machine too small for it."""
ROOMS = (depthlaw, plots, claim, activations, hermite, kernels, chains, transport, verify)
RESULTS = {
    *("Basis", "ErgodicAverage", "ChainAverages", "CollapseThreshold", "DeepChain"),
    *("LyapunovSpectrum", "Pretrained", "RankBounds", "CouplingBound", "TransportCost"),
    *(
        "AssumptionRecord",
        "CheckVerdict",
        "Progress",
        "Report",
        "Verdict",
        "Trajectory",
        "Gradients",
    ),
    *("Prediction", "Kernels"),
    "UnfinishedError",
    *("HermiteSeries", "FixedPoint", "FixedPoints", "KernelValues", "OrderChaos", "Rate"),
    "VarianceFixedPoint",
    *("ClosedKernel", "GrowthBound", "Derivation", "Progress"),
    *("Step", "Steps", "Hypothesis", "Array", "BoundFunction", "ParameterValue", "E", "P"),
    *("Observed", "number", "numbers"),
}
"""Made by functions of the package and read by users, who have no arguments to get wrong."""
OTHER_ROOM = {"bound", "cobweb", "phase_map", "spectrum", "bound_against_truth", "trajectory"}


def _public() -> set[str]:
    found = set()
    for room in ROOMS:
        for name in room.__all__:
            thing = getattr(room, name)
            data = not callable(thing) or (isinstance(thing, type) and issubclass(thing, Enum))
            if not data and name not in RESULTS and thing is not depthlaw.plots:
                found.add(f"plots.{name}" if room is plots else name)
    return found


def test_every_public_callable_is_attacked() -> None:
    named = set(table()) | {name.rpartition(".")[2] for name in table()}
    assert not sorted(_public() - named)


def test_the_arguments_of_the_table_work_and_are_all_of_them() -> None:
    for name, call in table().items():
        if name not in ("Trajectory.join", "claims"):
            call()
        if call.called is _remade or "." in name or call.positional:
            continue
        wanted = {
            parameter.name
            for parameter in inspect.signature(call.called).parameters.values()
            if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        }
        assert wanted - set(call.good) <= {"tally", "first", "bits", "result"}, name


@pytest.mark.parametrize("name", sorted(table()))
def test_a_hostile_argument_ends_in_an_error_of_ours_or_in_an_answer_it_may_have(name: str) -> None:
    call = table()[name]
    for argument in call.good:
        accepts = call.accepts.get(argument, never)
        for value in HOSTILE:
            right = bool(accepts(value))
            large = argument in HEAVY and is_number(value) and plain(value) > 1000
            if right and (large or argument in call.slow):
                continue
            try:
                call(**{argument: value})
            except DepthlawError:
                continue
            assert right, f"{name}({argument}={value!r}) was taken"


@pytest.mark.parametrize(
    ("cached", "right", "wrong"),
    [
        (decomposition.two_groups, (8, 1), (8, True)),
        (decomposition.two_groups, (8, 1), ([8], 1)),
        (decomposition.fixed_points, (8,), ([8],)),
        (expansion.pair_coefficient, (1,), (True,)),
        (best_constant, (3,), ([3],)),
    ],
)
def test_what_a_cache_holds_lets_no_wrong_type_in(
    cached: Callable[..., object], right: tuple[object, ...], wrong: tuple[object, ...]
) -> None:
    found = cached(*right)
    with pytest.raises(ArgumentError):
        cached(*wrong)
    integral = [float(value) if isinstance(value, int) else value for value in right]
    assert cached(*integral) == found
