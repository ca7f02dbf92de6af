"""An array saved alone knows nothing of its partner; two of them, x and t, make cases and targets.

N cases, d inputs, o outputs
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .npztable import pair_keys

MAGIC = b"\x93NUMPY"


def read_npy(path: Path) -> NDArray[Any]:
    """Open an array written by numpy.save, on disk where that is possible, never unpickling.

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


def read_npy_pair(path: Path, target: object) -> tuple[NDArray[Any], NDArray[Any]]:
    """Inputs x from `path`, targets t from the .npy file `target`, which may stand beside it.

    Raises
    ------
    ValueError
        If `target` names no .npy file.
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


def read_npy_folder(folder: Path) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    """Pairs (x, t) from x.npy and t.npy, or x_train.npy, t_train.npy, ..., as `read_npz` has them.

    Raises
    ------
    ValueError
        If the folder's .npy files make no pairs.
    """
    found = sorted(path.stem for path in folder.glob("*.npy"))
    pairs = pair_keys(folder.resolve().name, found, ".npy files")
    return {
        part: (read_npy(folder / f"{x}.npy"), read_npy(folder / f"{t}.npy"))
        for part, (x, t) in pairs.items()
    }
