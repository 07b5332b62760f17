"""JSON for programs: strict, UTF-8, one document."""

from __future__ import annotations

import json
import sys
from typing import Any

from depthlaw.render.streams import require_stdout
from depthlaw.theory.values import as_data


def json_text(document: Any) -> str:
    """Return `document` as strict JSON, without a final line break.

    JSON knows no infinity: it becomes ``"inf"`` or ``"-inf"``, as in `theory.values`; NaN becomes
    null. A fraction becomes the nearest float, or the text ``"p/q"`` where that is out of range.

    >>> import math
    >>> json.loads(json_text({"limit": math.inf, "mean": math.nan})) == {
    ...     "limit": "inf", "mean": None}
    True
    """
    return json.dumps(as_data(document), allow_nan=False, ensure_ascii=False, indent=2)


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
