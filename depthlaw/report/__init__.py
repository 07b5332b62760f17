"""The page that a verification leaves: one HTML file that needs no network and no script.

`render_report` turns a `Report` into the page; ``depthlaw verify --report DIR`` writes it beside
the verdicts as data.
"""

from depthlaw.report.page import render_report

__all__ = ["render_report"]
