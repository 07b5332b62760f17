"""The argument of every activation."""

from __future__ import annotations

import sympy as sp

X = sp.Symbol("x", real=True)
"""The argument of every activation."""
