"""One showing of the lecture: how many seeds, which folder, and what was found and drawn so far."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

QUICK_SEEDS = 2


@dataclass
class Drawing:
    """A figure of the lecture: its name, the claims it shows, the matplotlib figure, its file."""

    name: str
    title: str
    claims: tuple[str, ...]
    figure: object
    path: Path | None


@dataclass
class Session:
    """Of one command, or of a script that is run by itself.

    `folder`: where figures go, None for nowhere; `echo`: whether each finding is printed;
    `names_files`: whether each figure's file is, too.
    """

    folder: Path | None = Path("lecture6")
    quick: bool = False
    echo: bool = True
    names_files: bool = False
    findings: dict = field(default_factory=dict)
    drawings: dict[str, Drawing] = field(default_factory=dict)

    def enter(self, finding) -> None:
        """Keep a finding; a cell that is run again replaces its own."""
        self.findings[finding.claim.id] = finding
        if self.echo:
            print(finding)

    def keep(self, drawing: Drawing) -> None:
        self.drawings[drawing.name] = drawing
        if self.names_files and drawing.path:
            print(f"{'':7s}{drawing.title}: {drawing.path}")


_sessions = [Session(names_files=True)]


def current() -> Session:
    """The session that claims and figures are entered into."""
    return _sessions[-1]


@contextmanager
def opened(**settings) -> Iterator[Session]:
    """A session of its own, until the `with` ends."""
    _sessions.append(Session(**settings))
    try:
        yield _sessions[-1]
    finally:
        _sessions.pop()


def seeds(count: int) -> list[int]:
    """The seeds of an experiment: 0, 1, ..., fewer in a quick showing."""
    return list(range(min(count, QUICK_SEEDS) if current().quick else count))


def is_quick() -> bool:
    """Whether this is a quick showing, in which long sweeps may be coarser."""
    return current().quick
