"""A file of plain arrays and one JSON text: .npz, in which nothing is ever unpickled.

It is written beside the file that it replaces and then takes its name, so that whoever reads sees
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

import numpy as np

STALE = 12 * 3600  # seconds


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name to write to, which becomes `path` if all went well, and is gone if not.

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
    """Remove what killed processes left of half-written versions of `path`, after half a day."""
    for left in path.parent.glob(f".{path.name}-*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()


def write(path: Path, text: dict, arrays: dict[str, np.ndarray]) -> None:
    """Write an archive, atomically; errors as for `replacing`."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, text=np.array(json.dumps(text)), **arrays)


def read(path: Path, what: str, form: str) -> tuple[dict, dict[str, np.ndarray]]:
    """The text and the arrays of an archive whose text says ``"format": form``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, or not `what` it should be; in one line.
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
        found = text.get("format")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {what} {str(path)!r}") from None
    except Exception as error:  # zipfile, zlib, numpy and json each have their own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"{str(path)!r} is not a usable {what}: {reason}") from None
    if found != form:
        reason = f"its format is {found!r}, not {form!r}"
        raise ValueError(f"{str(path)!r} is not a usable {what}: {reason}")
    return text, arrays
