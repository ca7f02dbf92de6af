"""Folders for results: a new or empty one for each race, locked while the race writes to it."""

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..report.report import Report

MARK = ".in-use"  # contains the number of the process that writes to the folder
LOCK = ".in-use.lock"
CHECKPOINT = "checkpoint.npz"
NAMES = ("race.png", "race.csv", "race.json", "race.npz")


@contextmanager
def claimed(output: str | None) -> Iterator[Path]:
    """Make or take a folder for one race and lock it for as long as the block runs.

    If nothing was written into it, a folder that was made here is removed again.

    Parameters
    ----------
    output : str or None
        A new or empty folder; None for the next free one of race-1, race-2, ...

    Yields
    ------
    Path

    Raises
    ------
    ValueError
        If the folder holds files already, is a file, is in use, or cannot be written.
    """
    with ExitStack() as stack:
        try:
            if output is None:
                folder = _next_numbered(Path.cwd())
                new_folders = [folder]
            else:
                folder = Path(output)
                new_folders = [place for place in (folder, *folder.parents) if not place.exists()]
                folder.mkdir(parents=True, exist_ok=True)
            for place in reversed(new_folders):
                stack.callback(_remove_if_empty, place)
            stack.enter_context(in_use(folder))
            _check_empty(folder)  # now that no other race can finish in between
        except OSError as error:
            reason = f"cannot write to {output or Path.cwd()} ({error.strerror})"
            raise ValueError(f"{reason}; name another folder with --output") from None
        yield folder


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):  # another race may be there by now
        folder.rmdir()


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Lock a folder for one race, in this process or another, for as long as the block runs.

    The operating system gives up the lock when its owner ends, however it ends, so that no file
    that is left behind keeps anyone out. The mark is for people: it says who the owner is.

    Parameters
    ----------
    folder : Path
        A folder that is there.

    Raises
    ------
    ValueError
        If another race is writing there.
    OSError
        If the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    mark, path = folder / MARK, folder / LOCK
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ValueError(
            f"{folder} is in use by another race{_owner(mark)}; wait until it ends or name another "
            "folder with --output"
        ) from None
    try:
        mark.write_text(str(os.getpid()))
        yield
    finally:
        mark.unlink(missing_ok=True)
        lock.release()
        _remove_lock(path)


def _owner(mark: Path) -> str:
    with suppress(OSError, ValueError):
        return f" (process {int(mark.read_text())})"
    return ""


def _remove_lock(path: Path) -> None:
    """Remove the file of a lock, unless another race has it already.

    It is locked once more: whoever opened the file before it was removed then finds that out.
    """
    from filelock import FileLock, Timeout

    with suppress(OSError, Timeout):
        if path.exists():  # some versions of filelock, and Windows, remove it themselves
            with FileLock(path, timeout=0):
                path.unlink()


def _check_empty(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith(MARK))
    if names:
        what = "an earlier race" if {*names} <= {*NAMES, CHECKPOINT} else "other files"
        text = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        raise ValueError(
            f"--output {folder} holds {what} ({text}); name a new folder or leave --output out"
        )


def _next_numbered(parent: Path) -> Path:
    numbers = itertools.count(1)
    while True:
        folder = parent / f"race-{next(numbers)}"
        with suppress(FileExistsError):
            folder.mkdir()
            return Path(os.path.relpath(folder))


def write(folder: Path, report: "Report", *, weights: bool, log: bool) -> None:
    """Write race.json, race.csv, race.png, and with `weights` race.npz.

    The figure comes last: if it cannot be drawn, the numbers are there.

    Parameters
    ----------
    folder : Path
    report : Report
    weights : bool
        Write the archive with the weights too.
    log : bool
        Whether the loss has a logarithmic axis in the figure.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    for name in ["race.json", "race.csv", *(["race.npz"] if weights else [])]:
        report.save(folder / name)
    report.plot(folder / "race.png", log=log)


def listing(folder: Path, *, checkpoint: bool = False) -> str:
    """Name the files of a race that a folder holds.

    Parameters
    ----------
    folder : Path
    checkpoint : bool
        Whether to name its checkpoint too; default not.

    Returns
    -------
    str
        Their paths with commas between them; "" if there are none.
    """
    names = (*NAMES, CHECKPOINT) if checkpoint else NAMES
    return ", ".join(str(folder / name) for name in names if (folder / name).exists())
