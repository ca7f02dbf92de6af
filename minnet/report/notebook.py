"""HTML of a report, for notebooks; it fetches nothing from the network."""

import base64
import html
import io
from typing import TYPE_CHECKING

from .table import table

if TYPE_CHECKING:
    from .report import Report


def report_html(report: "Report") -> str:
    """The figure of a race, as an embedded picture, and its table.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        HTML.
    """
    with io.BytesIO() as file:
        report.plot().savefig(file, format="png", dpi=100)
        picture = base64.b64encode(file.getvalue()).decode()
    alt = html.escape(f"training loss and validation error of {len(report.labels)} runs")
    image = f'<img alt="{alt}" src="data:image/png;base64,{picture}" style="max-width:100%">'
    return f"{image}<pre>{html.escape(table(report))}</pre>"
