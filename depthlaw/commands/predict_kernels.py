"""``depthlaw predict --kernels``: NNGP and NTK, for a reader, as JSON, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depthlaw.theory.errors import ArgumentError

if TYPE_CHECKING:
    from depthlaw.render.prediction import Begun
    from depthlaw.theory.network import Network


def show_kernels(
    network: Network,
    depth: int,
    readout: str | None,
    given: dict[str, Any],
    begun: Begun,
    *,
    out: str | None,
    json: bool,
) -> int:
    """Show the kernels of a network.

    Parameters
    ----------
    network, depth, readout, given
        As for `depthlaw.kernels`; `given` holds the start.
    begun
        The start in words.
    out, json
        The file for the table, whose ending has been checked, and whether to print JSON.
    """
    from depthlaw.render.json_text import print_json
    from depthlaw.render.kernels import add_kernels, kernels_document, kernels_rows
    from depthlaw.render.output import check_table, table_bytes, write_whole
    from depthlaw.render.page import Page
    from depthlaw.theory.tangent import kernels

    found = kernels(network, depth=depth, readout=readout, **given)
    if out is not None:
        if len(found.output.nngp) > MOST_WRITTEN:
            raise ArgumentError(
                "out",
                out,
                f"a table of all pairs of {len(found.output.nngp)} columns is long: call "
                "depthlaw.kernels, whose matrices are arrays",
            )
        write_whole({"out": (out, table_bytes(kernels_rows(found), check_table(out)))})
    if json:
        print_json(kernels_document(found, begun))
        return 0
    page = Page()
    add_kernels(page, found, begun)
    if out is not None:
        page.add("", f"All pairs are in {out}.")
    page.write()
    return 0


MOST_WRITTEN = 500
"""Columns whose pairs are written to a table."""
