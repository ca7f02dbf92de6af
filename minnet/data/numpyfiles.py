"""Read NumPy's files: pairs (x, t) from an .npz archive, from two .npy files, or from a folder.

N cases, d inputs, o outputs

Nothing is ever unpickled: a file that holds Python objects is refused.
"""

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from .cases import PARTS

MAGIC = b"\x93NUMPY"
Pair = tuple[np.ndarray, np.ndarray]  # inputs x (N, d), targets t (N,) or (N, o)


def read_npz(path: Path) -> dict[str, Pair]:
    """Read the pairs (x, t) of an archive.

    Parameters
    ----------
    path : Path
        An archive with x and t (or X, y), or with x_train and t_train (or y_train) and, if there,
        the same for validation and test.

    Returns
    -------
    dict of str to (array (N, d), array (N,) or (N, o))
        {"all": (x, t)}, or {"train": (x, t), ...} if the archive is split already.

    Raises
    ------
    ValueError
        If it is no archive, if the keys are missing, or if an array holds Python objects.
    """
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path.name} must be an archive written by numpy.savez, got another kind")
    try:
        with np.load(path, allow_pickle=False) as archive:
            keys = _pair_keys(path.name, archive.files, "keys")
            return {part: (archive[x], archive[t]) for part, (x, t) in keys.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ValueError(f"{path.name} must be an undamaged archive: {error}") from None
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        raise ValueError(
            f"{path.name} must hold plain arrays, got Python objects; save with a numeric dtype"
        ) from None


def read_npy(path: Path) -> np.ndarray:
    """Open an array written by numpy.save, mapped from the disk where that is possible.

    Parameters
    ----------
    path : Path

    Returns
    -------
    array

    Raises
    ------
    ValueError
        If the file is another kind, damaged, or holds Python objects.
    """
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
    if start != MAGIC:
        raise ValueError(f"{path.name} must be an array written by numpy.save, got another kind")
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, OSError):
        pass  # an empty array cannot be mapped, and a plain load says better what is wrong
    try:
        return np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        if "allow_pickle" in str(error):
            raise ValueError(
                f"{path.name} must hold a plain array, got Python objects; "
                "save with a numeric dtype"
            ) from None
        why = " ".join(str(error).split())
        raise ValueError(f"{path.name} must be an undamaged array: {why}") from None


def read_npy_pair(path: Path, target: object) -> Pair:
    """Read inputs and targets from two .npy files.

    Parameters
    ----------
    path : Path
        The file with the inputs x.
    target : str or path
        The file with the targets t; a relative path may start here or beside `path`.

    Returns
    -------
    x, t : array (N, d), array (N,) or (N, o)

    Raises
    ------
    ValueError
        If `target` names no .npy file, or one of the two is no array.
    FileNotFoundError
        If there is no such file.
    """
    if not isinstance(target, str | os.PathLike) or Path(target).suffix.lower() != ".npy":
        raise ValueError(
            f"target must be the .npy file with the targets of {path.name}, e.g. 't.npy', "
            f"got {target!r}"
        )
    for place in (Path(target), path.parent / target):
        if place.is_file():
            return read_npy(path), read_npy(place)
    raise FileNotFoundError(
        f"target must be an existing .npy file, got {os.fspath(target)!r} (looked in "
        f"{os.getcwd()} and {os.path.abspath(path.parent)})"
    )


def read_npy_folder(folder: Path) -> dict[str, Pair]:
    """Read the pairs (x, t) of a folder with x.npy and t.npy, or x_train.npy, t_train.npy, ...

    Parameters
    ----------
    folder : Path
        Its files bear the names that `read_npz` asks of an archive's keys.

    Returns
    -------
    dict of str to (array (N, d), array (N,) or (N, o))
        As from `read_npz`.

    Raises
    ------
    ValueError
        If the folder's .npy files make no pairs, or one of them is no array.
    """
    names = sorted(path.stem for path in folder.glob("*.npy"))
    keys = _pair_keys(folder.resolve().name, names, ".npy files")
    return {
        part: (read_npy(folder / f"{x}.npy"), read_npy(folder / f"{t}.npy"))
        for part, (x, t) in keys.items()
    }


def _pair_keys(place: str, names: list[str], kind: str) -> dict[str, tuple[str, str]]:
    """Which names are x and t of "all" cases or of each part, else ValueError."""
    pairs: dict[str, tuple[str, str]] = {}
    for part in ("all", *PARTS):
        end = "" if part == "all" else f"_{part}"
        xs = [name for name in ("x" + end, "X" + end) if name in names]
        ts = [name for name in ("t" + end, "y" + end) if name in names]
        if len(xs) == len(ts) == 1:
            pairs[part] = (xs[0], ts[0])
    used = {name for pair in pairs.values() for name in pair}
    # A part under an unknown name (x_val) must not vanish silently.
    stray = [name for name in names if name not in used and name[:2] in ("x_", "X_", "t_", "y_")]
    stray += [name for name in names if name not in used and name in ("x", "X", "t", "y")]
    if stray or ("all" in pairs) == ("train" in pairs):
        raise ValueError(
            f"{place} must have the {kind} x, t or x_train, t_train (and perhaps x_validation, "
            f"t_validation, x_test, t_test), got {', '.join(names) or 'none'}"
        )
    return pairs
