"""Where results go: a folder of its own for every race, so that nothing earlier is lost."""

import itertools
import os
import tempfile
from pathlib import Path

NAMES = ("race.png", "race.csv", "race.json", "race.npz")


def claim(wanted: str | None) -> Path:
    """A new or empty folder that can be written: `wanted`, or the next free race-1, race-2, ...

    Raises
    ------
    ValueError
        If the folder holds files already, is a file, or cannot be written.
    """
    try:
        if wanted is None:
            return _next_numbered(Path.cwd())
        folder = Path(wanted)
        folder.mkdir(parents=True, exist_ok=True)
        held = sorted(path.name for path in folder.iterdir())
        if held:
            what = "an earlier race" if set(held) <= set(NAMES) else "other files"
            names = ", ".join(held[:3]) + (", ..." if len(held) > 3 else "")
            raise ValueError(
                f"--output {wanted} holds {what} ({names}); name a new folder or leave --output out"
            )
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        place = wanted or Path.cwd()
        reason = f"cannot write to {place} ({error.strerror})"
        raise ValueError(f"{reason}; name another folder with --output") from None


def _next_numbered(parent: Path) -> Path:
    for number in itertools.count(1):
        folder = parent / f"race-{number}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return Path(os.path.relpath(folder))


def write(folder: Path, report, *, weights: bool, log: bool) -> None:
    """Write race.json, race.csv, race.png, and with `weights` race.npz.

    The figure comes last: if it cannot be drawn, the numbers are there.
    """
    for name in ["race.json", "race.csv", *(["race.npz"] if weights else [])]:
        report.save(folder / name)
    report.plot(folder / "race.png", log=log)


def give_back_if_empty(folder: Path) -> None:
    """Remove a claimed folder into which nothing was written."""
    if not any(folder.iterdir()):
        folder.rmdir()


def listing(folder: Path) -> str:
    """The files written, as one line."""
    return ", ".join(str(folder / name) for name in NAMES if (folder / name).exists())
