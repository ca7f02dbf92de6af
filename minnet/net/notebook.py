"""HTML of a net, for notebooks: a table of its layers."""

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .mlp import MLP


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
