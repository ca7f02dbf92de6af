"""The session of a showing: how many seeds, which folder; findings and figures so far."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .claims import Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

QUICK_SEEDS = 2


@dataclass
class Drawing:
    """A figure of the lecture.

    Parameters
    ----------
    name : str
        Of its file, without the suffix.
    title : str
    claims : tuple of str
        Ids of the claims it shows.
    figure : matplotlib.figure.Figure
    path : Path, optional
        Its file; None if the session has no folder.
    """

    name: str
    title: str
    claims: tuple[str, ...]
    figure: "Figure"
    path: Path | None

    @property
    def file(self) -> Path:
        """Its file, of a session that has a folder.

        Raises
        ------
        ValueError
            If it was saved nowhere.
        """
        if self.path is None:
            raise ValueError(f"figure {self.name} has no file: open the session with a folder")
        return self.path


@dataclass
class Session:
    """The settings and results of one command, or of a script that is run by itself.

    Parameters
    ----------
    folder : Path, optional
        Where figures go; None for nowhere.  Default "lecture6".
    quick : bool
        Whether experiments get few seeds.
    echo : bool
        Whether each finding is printed.
    names_files : bool
        Whether the file of each figure is printed too.
    findings : dict of Finding, by the claim's id
    drawings : dict of Drawing, by name
    """

    folder: Path | None = Path("lecture6")
    quick: bool = False
    echo: bool = True
    names_files: bool = False
    findings: dict[str, Finding[Any]] = field(default_factory=dict)
    drawings: dict[str, Drawing] = field(default_factory=dict)

    def enter(self, finding: Finding[Any]) -> None:
        """Add a finding; a cell that is run again replaces its own.

        Parameters
        ----------
        finding : Finding
        """
        self.findings[finding.claim.id] = finding
        if self.echo:
            print(finding)

    def keep(self, drawing: Drawing) -> None:
        """Add a figure; one of the same name is replaced.

        Parameters
        ----------
        drawing : Drawing
        """
        self.drawings[drawing.name] = drawing
        if self.names_files and drawing.path:
            print(f"{'':7s}{drawing.title}: {drawing.path}")


_sessions = [Session(names_files=True)]


def current() -> Session:
    """The session that claims and figures are entered into."""
    return _sessions[-1]


@contextmanager
def opened(**settings: Any) -> Iterator[Session]:
    """A session of its own, until the `with` ends.

    Parameters
    ----------
    **settings
        Those of `Session`.
    """
    _sessions.append(Session(**settings))
    try:
        yield _sessions[-1]
    finally:
        _sessions.pop()


def seeds(count: int) -> list[int]:
    """The seeds of an experiment: 0, 1, ..., fewer in a quick showing.

    Parameters
    ----------
    count : int
        How many the claim asks for.
    """
    return list(range(min(count, QUICK_SEEDS) if current().quick else count))


def is_quick() -> bool:
    """Whether this is a quick showing, in which long sweeps may be coarser."""
    return current().quick
