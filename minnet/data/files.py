"""Load a data set from a path: the reader for each kind of file, the options it takes, or an error.

N cases, d inputs, o outputs
"""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import DTypeLike

from .cases import Data
from .csvtable import read_csv
from .idx import find_four, load_idx_folder
from .numpyfiles import read_npy_folder, read_npy_pair, read_npz
from .split import from_arrays

ENDINGS = (".csv", ".npz", ".npy")


def check_options(name: str, options: dict[str, Any], accepted: tuple[str, ...]) -> None:
    """Refuse an option that a set does not take.

    Parameters
    ----------
    name : str
        Name of the set, for the error.
    options : dict
        Those of the caller, by name.
    accepted : tuple of str
        Names of those that the set takes, besides `dtype` and `seed`.

    Raises
    ------
    ValueError
        With the first one that it does not take.
    """
    for option in options:
        if option not in accepted:
            raise ValueError(
                f"{option} must be left out for {name!r}, which takes "
                f"{', '.join((*accepted, 'dtype', 'seed'))}"
            )


def load_path(path: Path, dtype: "DTypeLike", seed: int, options: dict[str, Any]) -> Data:
    """Load a file or a folder.

    Parameters
    ----------
    path : Path
        A .csv, .npz or .npy file, or a folder of .npy or idx files.
    dtype : "float32" or "float64"
    seed : int
        Shuffles the cases before they are split.
    options : dict
        Those options of `load` that the caller set, by name.

    Returns
    -------
    Data

    Raises
    ------
    ValueError, FileNotFoundError
        As `load`.
    """
    name = path.resolve().name if path.is_dir() else path.name
    if path.is_dir() and find_four(path):
        check_options(name, options, ("classes", "validation"))
        return load_idx_folder(path, dtype=dtype, **options)
    split = ("task", "classes", "validation", "test")
    target, task = options.get("target"), options.get("task")
    if path.is_dir() or path.suffix.lower() == ".npz":
        pairs = read_npy_folder(path) if path.is_dir() else read_npz(path)
        check_options(name, options, split if "all" in pairs else split[:2])
    else:
        check_options(name, options, ("target", *split))
        csv = path.suffix.lower() == ".csv"
        pairs = {"all": read_csv(path, target, task) if csv else read_npy_pair(path, target)}
    if "all" not in pairs:
        options = options | {part: pairs.get(part, 0) for part in ("validation", "test")}
    x, t = pairs["all" if "all" in pairs else "train"]
    return from_arrays(
        x,
        t,
        name=name if path.is_dir() else path.stem,
        seed=seed,
        dtype=dtype,
        source=f"{'folder' if path.is_dir() else 'file'} {name}",
        **{option: value for option, value in options.items() if option != "target"},
    )


def existing_path(name_or_path: str | os.PathLike[str], names: Sequence[str]) -> Path:
    """Check that there is a data file or a data folder at a path.

    Parameters
    ----------
    name_or_path : str or path
        What the caller of `load` typed.
    names : sequence of str
        Names of data sets, for a word that may be one of them mistyped.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If it is no path to a kind of file that can be read.
    FileNotFoundError
        If nothing is there, or a folder without data; with the nearest name that there is.
    """
    path = Path(name_or_path)
    text = os.fspath(name_or_path)
    if text and os.path.isdir(path):
        files = sorted(os.listdir(path))
        if not find_four(path) and not any(name.endswith(".npy") for name in files):
            raise FileNotFoundError(
                f"a data folder must hold four idx files (train-images-idx3-ubyte, ...) or x.npy "
                f"and t.npy, got {', '.join(files[:4]) + ', ...' * (len(files) > 4) or 'nothing'} "
                f"in {text!r}"
            )
        return path
    bare = isinstance(name_or_path, str) and not path.suffix and not os.path.dirname(text)
    if bare and text and not os.path.exists(path):
        near = difflib.get_close_matches(text.lower(), names, 1)
        raise ValueError(
            f"a data set must be one of {', '.join(names)} or a path to {', '.join(ENDINGS)} or "
            f"a folder, got {text!r}" + (f"; did you mean {near[0]!r}?" if near else "")
        )
    if path.suffix.lower() not in ENDINGS and (path.suffix or os.path.exists(path) or not text):
        raise ValueError(f"a data file must end in {', '.join(ENDINGS)}, got {text!r}")
    if os.path.isfile(path):
        return path
    files = os.listdir(path.parent) if os.path.isdir(path.parent) else []
    near = [] if os.path.exists(path) else difflib.get_close_matches(path.name, files, 1)
    raise FileNotFoundError(
        f"a data file must exist, got {text!r} (looked in {os.path.abspath(path.parent)})"
        + (f"; did you mean {near[0]!r}?" if near else "")
    )
