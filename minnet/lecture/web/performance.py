"""Scripts run cell by cell: what each cell printed, its findings and its figures; notebooks."""

import base64
import contextlib
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import jupytext
import nbformat
from nbformat import v4
from tqdm import tqdm

from .. import session
from ..claims import Finding
from ..parts import Part, Script
from ..session import Drawing
from .pictures import shrink

Entry = TypeVar("Entry")
NUMBER = re.compile(r"\d\w\.\d+")
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}


@dataclass
class Cell:
    """A cell of a script, with all that came out of it.

    Parameters
    ----------
    source : str
    is_code : bool
        Text otherwise, which has nothing of what follows.
    title : str
    printed : str
        What it wrote to stdout.
    findings : list of Finding
    drawings : list of Drawing
    """

    source: str
    is_code: bool
    title: str = ""
    printed: str = ""
    findings: list[Finding[Any]] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The claim that its title begins with, if any."""
        number = NUMBER.match(self.title)
        return number[0] if number else ""


@dataclass
class Performance:
    """A part that was shown.

    Parameters
    ----------
    part : Part
    scripts : {Script: list of Cell}
        The cells of each of its scripts.
    """

    part: Part
    scripts: dict[Script, list[Cell]]

    @property
    def cells(self) -> list[Cell]:
        """The cells of all its scripts."""
        return [cell for cells in self.scripts.values() for cell in cells]

    @property
    def findings(self) -> list[Finding[Any]]:
        """The findings of all its cells."""
        return [finding for cell in self.cells for finding in cell.findings]


def perform(
    parts: Sequence[Part], folder: Path, *, quick: bool, progress: bool
) -> list[Performance]:
    """Show parts, each in a session of its own, with a bar that counts the cells of code.

    Parameters
    ----------
    parts : sequence of Part
    folder : Path
        Each part's figures go to a folder in it.
    quick : bool
        Whether experiments get few seeds.
    progress : bool
        Whether the bar is drawn.
    """
    performances = []
    cells = sum(len(script.cells()) for part in parts for script in part.scripts)
    with tqdm(total=cells, disable=not progress) as bar:
        for part in parts:
            bar.set_description(f"lecture {part.id}")
            with session.opened(folder=folder / part.id, quick=quick) as now:
                scripts = {script: run(script, bar.update) for script in part.scripts}
            performances.append(Performance(part, scripts))
            settle(performances[-1].cells, now)
            for drawing in now.drawings.values():
                shrink(drawing.file)
    return performances


def run(script: Script, after_each: Callable[[], object] = lambda: None) -> list[Cell]:
    """Run a script in the current session; its cells with what came out of each.

    Parameters
    ----------
    script : Script
    after_each : callable
        Called without arguments after each cell, as for a progress bar.

    Raises
    ------
    ValueError
        If the cells are not those that jupytext finds, as after an unusual marker.
    """
    now, out = session.current(), io.StringIO()
    results: list[Cell] = []
    findings, drawings = dict(now.findings), dict(now.drawings)

    def look() -> None:
        results.append(
            Cell(
                "", True, printed=out.getvalue(),
                findings=newer(now.findings, findings), drawings=newer(now.drawings, drawings),
            )
        )  # fmt: skip
        findings.update(now.findings)
        drawings.update(now.drawings)
        out.seek(0)
        out.truncate()
        after_each()

    with contextlib.redirect_stdout(out):
        script.show(look)
    heads = [block.lstrip("\n").partition("\n")[0] for block in script.cells()]
    if not script.cells()[0]:  # nothing stands before the first marker
        del results[0], heads[0]
    texts = jupytext.reads(script.text(), fmt="py:percent").cells
    if sum(text.cell_type == "code" for text in texts) != len(results):
        raise ValueError(f"{script.name} is not plain percent format: # %% or # %% [markdown]")
    cells, pairs = [], iter(zip(results, heads, strict=True))
    for text in texts:
        if text.cell_type == "code":
            cell, head = next(pairs)
            cell.source = text.source
            cell.title = head.removeprefix("# %%").strip() if head.startswith("# %%") else ""
            cells.append(cell)
        else:
            cells.append(Cell(text.source, False))
    return cells


def settle(cells: list[Cell], now: session.Session) -> None:
    """Give every finding and drawing one cell: a finding goes to the cell whose title names it.

    Of what came out twice, the last counts.

    Parameters
    ----------
    cells : list of Cell
        Of one part; changed in place.
    now : Session
        In which they ran.
    """
    homes = {cell.number: cell for cell in reversed(cells) if cell.number}
    places = [(it, cell) for cell in cells for it in cell.findings]
    for cell in cells:
        cell.findings = []
        cell.drawings = [it for it in cell.drawings if now.drawings[it.name] is it]
    for finding, cell in places:
        if now.findings[finding.claim.id] is finding:
            homes.get(finding.claim.id, cell).findings.append(finding)


def newer(now: dict[str, Entry], before: dict[str, Entry]) -> list[Entry]:
    """The entries that were not there before, or not the same.

    Parameters
    ----------
    now, before : dict
    """
    return [entry for key, entry in now.items() if before.get(key) is not entry]


def notebook(cells: Iterable[Cell]) -> nbformat.NotebookNode:
    """The cells as a notebook with all outputs; a cell's title becomes a heading above it.

    Parameters
    ----------
    cells : iterable of Cell
    """
    blocks = []
    for cell in cells:
        if not cell.is_code:
            blocks.append(v4.new_markdown_cell(cell.source))
            continue
        if cell.title:
            blocks.append(v4.new_markdown_cell(f"### {cell.title}"))
        outputs = [v4.new_output("stream", name="stdout", text=cell.printed)] * bool(cell.printed)
        outputs += [
            v4.new_output(
                "display_data",
                {"image/png": base64.b64encode(drawing.file.read_bytes()).decode(),
                 "text/plain": drawing.title},
            )
            for drawing in cell.drawings
        ]  # fmt: skip
        count = 1 + sum(earlier.cell_type == "code" for earlier in blocks)
        blocks.append(v4.new_code_cell(cell.source, outputs=outputs, execution_count=count))
    for number, block in enumerate(blocks, 1):
        block["id"] = f"cell-{number}"  # not drawn by lot: the same lecture gives the same file
    whole = v4.new_notebook(cells=blocks, metadata=KERNEL)
    nbformat.validate(whole)
    return whole
