"""HTML of a report and of a net, for notebooks; it fetches nothing from the network."""

import base64
import html
import io
from typing import TYPE_CHECKING

from .table import table

if TYPE_CHECKING:
    from ..net.mlp import MLP
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


def net_html(net: "MLP") -> str:
    """The layers of a net as a table: sizes, unit, number of weights.

    Parameters
    ----------
    net : MLP

    Returns
    -------
    str
        HTML.
    """
    rows = []
    for k, (fan_in, fan_out) in enumerate(net.layers[:, :2].tolist()):
        unit = (*net.hidden, net.output)[k]
        weights = (fan_in + net.biases) * fan_out
        cells = (k + 1, f"{fan_in} → {fan_out}", unit, f"{weights:,}")
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    heads = "".join(f"<th>{head}</th>" for head in ("layer", "sizes", "unit", "weights"))
    return (
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<small>{html.escape(net.describe())}</small>"
    )
