"""The five parts of the lecture: where their scripts are, and how they are shown."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .session import Session

# Beside the package in the repository; inside it in an installed wheel.
FOLDERS = (Path(__file__).parents[2] / "lectures", Path(__file__).parents[1] / "lectures")
CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A part of the lecture, like "6e"."""

    id: str
    title: str
    script: str

    @property
    def path(self) -> Path:
        """The part's script.  Raises FileNotFoundError if the lectures are not installed."""
        for folder in FOLDERS:
            if (folder / self.script).is_file():
                return folder / self.script
        raise FileNotFoundError(f"{self.script} is in neither of {', '.join(map(str, FOLDERS))}")

    def cells(self) -> list[str]:
        """The code cells, each preceded by empty lines so that line numbers are the script's."""
        text = self.path.read_text(encoding="utf-8")
        starts = [match.start() for match in CELL.finditer(text)]
        blocks = zip([0, *starts], [*starts, len(text)], strict=True)
        return [
            "\n" * text.count("\n", 0, begin) + text[begin:end]
            for begin, end in blocks
            if "[markdown]" not in text[begin:end].partition("\n")[0]
        ]

    def claim_ids(self) -> list[str]:
        """The ids of the claims in the script, in its order, without running it."""
        return re.findall(
            r'^@experiment\(\s*"([^"]+)"', self.path.read_text(encoding="utf-8"), re.M
        )

    def show(self, tell: Callable[[int, int], None] = lambda done, cells: None) -> dict:
        """Run the script cell by cell in the current session; returns its names."""
        names = {"__name__": "__main__", "__file__": str(self.path)}
        cells = self.cells()
        for done, cell in enumerate(cells):
            tell(done, len(cells))
            exec(compile(cell, str(self.path), "exec"), names)
        tell(len(cells), len(cells))
        return names


PARTS = {
    part.id: part
    for part in (
        Part("6a", "Overview of mini-batch gradient descent", "lecture6a_overview.py"),
        Part("6b", "A bag of tricks for mini-batch gradient descent", "lecture6b_tricks.py"),
        Part("6c", "The momentum method", "lecture6c_momentum.py"),
        Part("6d", "A separate, adaptive learning rate for each connection", "lecture6d_gains.py"),
        Part("6e", "rmsprop: divide the gradient by a running average", "lecture6e_rmsprop.py"),
    )
}


def table(session: Session) -> str:
    """The verdicts of a session as text."""
    from .verdicts import Verdict, brief

    rows = [
        (finding.claim.id, f"p. {finding.claim.page}", str(finding.verdict),
         finding.claim.statement, brief(finding.value), finding.because)
        for finding in session.findings.values()
    ]  # fmt: skip
    lines = [
        f"{id:6s} {page:6s}{verdict:20s} {statement}\n{'':33s}{value}\n{'':33s}{because}"
        for id, page, verdict, statement, value, because in rows
    ]
    counts = [sum(row[2] == verdict for row in rows) for verdict in Verdict]
    summary = ", ".join(f"{n} {verdict}" for n, verdict in zip(counts, Verdict, strict=True) if n)
    return "\n".join([*lines, f"{len(rows)} claims: {summary}"])
