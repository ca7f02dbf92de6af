"""Where results go: a folder of its own for every race, so that nothing earlier is lost."""

import itertools
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

MARK = ".in-use"  # holds the number of the process that writes to the folder
_ours: set[Path] = set()  # marks of races that are under way in this process
CHECKPOINT = "checkpoint.npz"
NAMES = ("race.png", "race.csv", "race.json", "race.npz")


@contextmanager
def claimed(wanted: str | None) -> Iterator[Path]:
    """A new or empty folder that can be written: `wanted`, or the next free race-1, race-2, ...

    If nothing was written into it, a folder that was made here is removed again.

    Raises
    ------
    ValueError
        If the folder holds files already, is a file, is in use, or cannot be written.
    """
    with ExitStack() as stack:
        try:
            if wanted is None:
                folder = _next_numbered(Path.cwd())
                made = [folder]
            else:
                folder = Path(wanted)
                made = [place for place in (folder, *folder.parents) if not place.exists()]
                folder.mkdir(parents=True, exist_ok=True)
                _check_empty(folder)
            for place in reversed(made):
                stack.callback(_remove_if_empty, place)
            stack.enter_context(in_use(folder))
        except OSError as error:
            reason = f"cannot write to {wanted or Path.cwd()} ({error.strerror})"
            raise ValueError(f"{reason}; name another folder with --output") from None
        yield folder


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Mark a folder as one race's own; refuse a folder that another living process has marked.

    Raises
    ------
    ValueError
        If another race is writing there.
    OSError
        If the folder cannot be written.
    """
    mark = folder / MARK
    if not _marked(mark):
        owner = mark.read_text()
        if _is_alive(owner, mark):
            raise ValueError(f"{folder} is in use by another race (process {owner})")
        mark.unlink()
        if not _marked(mark):
            raise ValueError(f"{folder} is in use by another race")
    _ours.add(mark.absolute())
    try:
        yield
    finally:
        _ours.discard(mark.absolute())
        mark.unlink(missing_ok=True)


def _marked(mark: Path) -> bool:
    """Make a mark that holds our number from its first moment; False if there is one."""
    draft = mark.with_name(f"{mark.name}-{secrets.token_hex(6)}")
    try:
        draft.write_text(str(os.getpid()))
        try:
            os.link(draft, mark)
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            return _marked_plainly(mark)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _marked_plainly(mark: Path) -> bool:
    try:
        with mark.open("x") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return False
    return True


def _is_alive(owner: str, mark: Path) -> bool:
    if not owner.isdigit() or int(owner) == os.getpid():
        return mark.absolute() in _ours
    try:
        os.kill(int(owner), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def _check_empty(folder: Path) -> None:
    held = sorted(path.name for path in folder.iterdir() if not path.name.startswith(MARK))
    if held:
        what = "an earlier race" if set(held) <= {*NAMES, CHECKPOINT} else "other files"
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
