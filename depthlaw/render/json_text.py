"""JSON for programs: strict, UTF-8, one document."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from depthlaw.render.streams import require_stdout


def json_text(document: Any) -> str:
    """Return `document` as strict JSON, without a final line break.

    JSON knows no infinity: it becomes ``"inf"`` or ``"-inf"``, as in `theory.values`; NaN becomes
    null. A fraction becomes the nearest float, or the text ``"p/q"`` where that is out of range.

    >>> json.loads(json_text({"limit": math.inf, "mean": math.nan})) == {
    ...     "limit": "inf", "mean": None}
    True
    """
    return json.dumps(plain(document), allow_nan=False, ensure_ascii=False, indent=2)


def plain(value: Any) -> Any:
    """Return `value` in terms that JSON has.

    >>> plain((Fraction(1, 8), {"ends": (0, -math.inf)})) == [0.125, {"ends": [0, "-inf"]}]
    True
    """
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if isinstance(value, Fraction):
        try:
            value = float(value)
        except OverflowError:
            return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def print_json(document: Any) -> None:
    """Write `document` to stdout, in UTF-8 whatever the locale."""
    require_stdout()
    text = json_text(document) + "\n"
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        binary.write(text.encode())
    sys.stdout.flush()
