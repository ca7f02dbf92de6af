"""Write and read archives: .npz files of plain arrays and one JSON text; nothing is unpickled.

A new file is written beside the one that it replaces and then takes its name, so that a reader sees
the old one or the new one, whole.
"""

import json
import os
import secrets
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

STALE = 12 * 3600  # seconds


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Replace a file whole: write to a temporary file, which takes its name if all goes well.

    Parameters
    ----------
    path : Path
        The file to write; its folder must be there.

    Yields
    ------
    Path
        The temporary file, empty, with the same ending.

    Raises
    ------
    OSError
        If it cannot be written; what was there before still is.
    """
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(6)}{path.suffix}")
    temporary.open("x").close()
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sweep(path)


def sweep(path: Path) -> None:
    """Remove temporary files that killed processes left, once they are half a day old.

    Parameters
    ----------
    path : Path
        The file that they were to replace.
    """
    for temporary in path.parent.glob(f".{path.name}-*"):
        with suppress(OSError):
            if time.time() - temporary.stat().st_mtime > STALE:
                temporary.unlink()


def write(path: Path, text: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Write an archive, atomically.

    Parameters
    ----------
    path : Path
    text : dict
        What JSON can hold; its "format" is compared when the archive is read.
    arrays : dict of str to array
        Of any shapes and numeric dtypes, by name; none may be called "text".

    Raises
    ------
    OSError
        If it cannot be written; what was there before still is.
    """
    members: dict[str, Any] = {"text": np.array(json.dumps(text)), **arrays}
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **members)


def read(path: Path, what: str, form: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read an archive.

    Parameters
    ----------
    path : Path
    what : str
        What the errors call it, like "report".
    form : str
        The "format" that its text must state.

    Returns
    -------
    text : dict
    arrays : dict of str to array

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, or of another format; in one line.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as members:
            damaged = members.testzip()
            if damaged:
                raise ValueError(f"its part {damaged!r} is damaged")
            file.seek(0)
            archive = np.load(file, allow_pickle=False)
            arrays = {name: archive[name] for name in archive.files}
        text = json.loads(str(arrays.pop("text")))
        stated = text.get("format")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {what} {str(path)!r}") from None
    except Exception as error:  # zipfile, zlib, numpy and json each have their own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"{str(path)!r} is not a usable {what}: {reason}") from None
    if stated != form:
        reason = f"its format is {stated!r}, not {form!r}"
        raise ValueError(f"{str(path)!r} is not a usable {what}: {reason}")
    return text, arrays
