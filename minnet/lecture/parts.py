"""The five parts of the lecture: where their scripts are, and how they are shown."""

import re
import textwrap
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .session import Session
from .verdicts import Verdict, brief

WIDTH, INDENT = 100, 27  # of the table of verdicts

# Beside the package in the repository; inside it in an installed wheel.
FOLDERS = (Path(__file__).parents[2] / "lectures", Path(__file__).parents[1] / "lectures")
EXPERIMENT = re.compile(r'^@experiment\(\s*"([^"]+)"', re.MULTILINE)
CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    """A lecture script, in the percent format: cells that begin with `# %%`.

    Parameters
    ----------
    name : str
        Of its file in the folder of the lectures.
    """

    name: str

    @property
    def path(self) -> Path:
        """The path of its file.

        Raises
        ------
        FileNotFoundError
            If the lectures are not installed.
        """
        for folder in FOLDERS:
            if (folder / self.name).is_file():
                return folder / self.name
        raise FileNotFoundError(f"{self.name} is in neither of {', '.join(map(str, FOLDERS))}")

    def text(self) -> str:
        """The whole text of its file."""
        return self.path.read_text(encoding="utf-8")

    def cells(self) -> list[str]:
        """The code cells, each preceded by empty lines so that line numbers are the script's."""
        text = self.text()
        starts = [match.start() for match in CELL.finditer(text)]
        blocks = zip([0, *starts], [*starts, len(text)], strict=True)
        return [
            "\n" * text.count("\n", 0, begin) + text[begin:end]
            for begin, end in blocks
            if "[markdown]" not in text[begin:end].partition("\n")[0]
        ]

    def claim_ids(self) -> list[str]:
        """The ids of the claims that it tests, in order, without running it."""
        return EXPERIMENT.findall(self.text())

    def show(self, after_each: Callable[[], object] = lambda: None) -> dict[str, Any]:
        """Run it cell by cell in the current session.

        Parameters
        ----------
        after_each : callable
            Called without arguments after each cell, as for a progress bar.

        Returns
        -------
        dict
            The names that the script defined, with their values.

        Raises
        ------
        ValueError
            If a cell raises one; the message names the script and the cell.
        """
        names: dict[str, Any] = {"__name__": "__main__", "__file__": str(self.path)}
        for cell in self.cells():
            try:
                exec(compile(cell, str(self.path), "exec"), names)
            except ValueError as error:
                title = cell.lstrip().partition("\n")[0].removeprefix("# %%").strip()
                raise ValueError(f"{self.name}, cell {title!r}: {error}") from error
            after_each()
        return names


@dataclass(frozen=True)
class Part:
    """A part of the lecture.

    Parameters
    ----------
    id : str
        Like "6e".
    title : str
    scripts : tuple of Script
        In the order in which they are shown.
    """

    id: str
    title: str
    scripts: tuple[Script, ...]

    def claim_ids(self) -> list[str]:
        """The ids of the claims that its scripts test, in order, without running them."""
        return [id for script in self.scripts for id in script.claim_ids()]


def _part(id: str, title: str, *names: str) -> Part:
    return Part(id, title, tuple(map(Script, names)))


PARTS = {
    part.id: part
    for part in (
        _part(
            "6a",
            "Overview of mini-batch gradient descent",
            "lecture6a_overview.py",
            "lecture6a_batches.py",
        ),
        _part(
            "6b",
            "A bag of tricks for mini-batch gradient descent",
            "lecture6b_tricks.py",
            "lecture6b_inputs.py",
            "lecture6b_plateaus.py",
        ),
        _part("6c", "The momentum method", "lecture6c_momentum.py", "lecture6c_nesterov.py"),
        _part(
            "6d",
            "A separate, adaptive learning rate for each connection",
            "lecture6d_gains.py",
            "lecture6d_gain_tricks.py",
        ),
        _part(
            "6e",
            "rmsprop: divide the gradient by a running average of its recent magnitude",
            "lecture6e_rprop.py",
            "lecture6e_mean_square.py",
            "lecture6e_rmsprop.py",
        ),
    )
}


def table(session: Session) -> str:
    """The verdicts of a session as text, ids and verdicts in front.

    Parameters
    ----------
    session : Session
    """
    blocks, findings = [], list(session.findings.values())
    for finding in findings:
        claim = finding.claim
        paragraphs = [claim.statement, f"measured: {brief(finding.value)}", finding.because]
        text = "\n".join(textwrap.fill(paragraph, WIDTH - INDENT) for paragraph in paragraphs)
        head = f"{claim.id:6s} {finding.verdict}"
        block = textwrap.indent(text, " " * INDENT)
        blocks.append(head.ljust(INDENT) + block[INDENT:])
    counts = Counter(finding.verdict for finding in findings)
    summary = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    quick = " (quick showing: fewer seeds)" if session.quick else ""
    return "\n".join([*blocks, f"{len(findings)} claims: {summary}{quick}"])
