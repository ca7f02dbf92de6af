"""A NumPy archive becomes cases and targets, and is never unpickled.

N cases, d inputs, o outputs
"""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cases import PARTS


def read_npz(path: Path) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    """Read pairs (x, t) from a NumPy archive, never unpickling anything.

    Parameters
    ----------
    path : Path
        An archive with x and t (or X, y), or with x_train and t_train (or y_train) and, if there,
        the same for validation and test.

    Returns
    -------
    pairs : dict
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
            keys = pair_keys(path.name, archive.files)
            return {part: (archive[x], archive[t]) for part, (x, t) in keys.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ValueError(f"{path.name} must be an undamaged archive: {error}") from None
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        raise ValueError(
            f"{path.name} must hold plain arrays, got Python objects; save with a numeric dtype"
        ) from None


def pair_keys(name: str, found: list[str], what: str = "keys") -> dict[str, tuple[str, str]]:
    """Which of the keys `found` are x and t of "all" cases or of each part, else ValueError."""
    pairs: dict[str, tuple[str, str]] = {}
    for part in ("all", *PARTS):
        end = "" if part == "all" else f"_{part}"
        xs = [key for key in ("x" + end, "X" + end) if key in found]
        ts = [key for key in ("t" + end, "y" + end) if key in found]
        if len(xs) == len(ts) == 1:
            pairs[part] = (xs[0], ts[0])
    used = {key for pair in pairs.values() for key in pair}
    # A part under an unknown name (x_val) must not vanish silently.
    stray = [key for key in found if key not in used and (key[:2] in ("x_", "X_", "t_", "y_"))]
    stray += [key for key in found if key not in used and key in ("x", "X", "t", "y")]
    if stray or ("all" in pairs) == ("train" in pairs):
        raise ValueError(
            f"{name} must have the {what} x, t or x_train, t_train (and perhaps x_validation, "
            f"t_validation, x_test, t_test), got {', '.join(found) or 'none'}"
        )
    return pairs
