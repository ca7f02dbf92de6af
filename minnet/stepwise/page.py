"""A table of steps as a web page of its own: for a projector, a phone and a screen reader."""

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .stepping import Table

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .5rem 0; }
th, td { padding: .2rem .5rem; text-align: right; white-space: nowrap; }
th:first-child { position: sticky; left: 0; background: Canvas; }
thead th { border-bottom: 2px solid; }
tbody { border-bottom: 1px solid; }
td.minus { font-weight: bold; }
"""
MEANINGS = {
    "t": "the number of the step",
    "gradient": "dE/dw at this step",
    "rate": "-step/gradient: the rate with which plain descent would have gone as far",
    "step/lr": "the step in learning rates",
    "step": "how far the weight moves",
    "weight": "after the step",
}


def page(table: "Table") -> str:
    """A table of `stepwise.table` as one HTML document, which fetches nothing."""
    title = html.escape(f"Step by step: {table.optimizer}")
    formula = f"<p><code>{html.escape(table.formula)}</code></p>" if table.formula else ""
    heads = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in table.columns)
    start, *steps = [_row(row) for row in table.rows]
    cycles = ["".join(steps[k : k + table.cycle]) for k in range(0, len(steps), table.cycle)]
    body = "".join(f"<tbody>{rows}</tbody>" for rows in [start, *cycles])
    summary = html.escape(table.summary()).replace("\n", "<br>")
    meanings = "".join(
        f"<dt><code>{html.escape(head)}</code></dt><dd>{html.escape(_meaning(head))}</dd>"
        for head in table.columns
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{formula}
<div class="scroll" role="region" aria-labelledby="what" tabindex="0">
<table>
<caption id="what">One weight, {len(steps)} steps from the start at t = 0.
Steps down are bold.</caption>
<thead><tr>{heads}</tr></thead>
{body}
</table>
</div>
<p>{summary}</p>
<h2>The columns</h2>
<dl>{meanings}</dl>
</main>
</body>
</html>
"""


def _row(row: dict[str, float | None]) -> str:
    cells = []
    for head, value in row.items():
        text = "" if value is None else f"{value + 0:.6g}".replace("-", "\N{MINUS SIGN}")
        if head == "t":
            cells.append(f'<th scope="row">{text}</th>')
        else:
            minus = head == "step" and value is not None and value < 0
            cells.append(f'<td class="minus">{text}</td>' if minus else f"<td>{text}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _meaning(head: str) -> str:
    if head in MEANINGS:
        return MEANINGS[head]
    if head.startswith("sqrt("):
        return "its root, in the units of a gradient"
    return "what the rule remembers after the step, or a scheduled hyperparameter"
