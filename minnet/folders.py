"""Where results go: a folder of its own for every race, so that nothing earlier is lost."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMES = ("race.png", "race.csv", "race.json", "race.npz")


@contextmanager
def claimed(wanted: str | None) -> Iterator[Path]:
    """A new or empty folder that can be written: `wanted`, or the next free race-1, race-2, ...

    If nothing was written into it, a folder that was made here is removed again.

    Raises
    ------
    ValueError
        If the folder holds files already, is a file, or cannot be written.
    """
    folder, made = Path(wanted or "."), False
    try:
        if wanted is None:
            folder, made = _next_numbered(Path.cwd()), True
        else:
            made = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            _check_empty(folder)
            tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        reason = f"cannot write to {wanted or Path.cwd()} ({error.strerror})"
        raise ValueError(f"{reason}; name another folder with --output") from None
    try:
        yield folder
    finally:
        if made and not any(folder.iterdir()):
            folder.rmdir()


def _check_empty(folder: Path) -> None:
    held = sorted(path.name for path in folder.iterdir())
    if held:
        what = "an earlier race" if set(held) <= set(NAMES) else "other files"
        names = ", ".join(held[:3]) + (", ..." if len(held) > 3 else "")
        raise ValueError(
            f"--output {folder} holds {what} ({names}); name a new folder or leave --output out"
        )


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


def listing(folder: Path) -> str:
    """The files written, as one line."""
    return ", ".join(str(folder / name) for name in NAMES if (folder / name).exists())
