"""What a reader types leads to a file or a folder; what is found there becomes pairs (x, t).

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
from .idxfolder import find_four, load_idx_folder
from .npyfiles import read_npy_folder, read_npy_pair
from .npztable import read_npz
from .split import from_arrays

ENDINGS = (".csv", ".npz", ".npy")


def check_options(name: str, given: dict[str, Any], accepted: tuple[str, ...]) -> None:
    """Refuse an option that the set `name` does not take."""
    for option in given:
        if option not in accepted:
            raise ValueError(
                f"{option} must be left out for {name!r}, which takes "
                f"{', '.join((*accepted, 'dtype', 'seed'))}"
            )


def load_path(path: Path, dtype: DTypeLike, seed: int, given: dict[str, Any]) -> Data:
    """Load what stands at `path`, with those options of `load` that were given."""
    name = path.resolve().name if path.is_dir() else path.name
    if path.is_dir() and find_four(path):
        check_options(name, given, ("classes", "validation"))
        return load_idx_folder(path, dtype=dtype, **given)
    split = ("task", "classes", "validation", "test")
    target, task = given.get("target"), given.get("task")
    if path.is_dir():
        pairs = read_npy_folder(path)
        check_options(name, given, split if "all" in pairs else split[:2])
    elif path.suffix.lower() == ".npz":
        pairs = read_npz(path)
        check_options(name, given, split if "all" in pairs else split[:2])
    else:
        check_options(name, given, ("target", *split))
        csv = path.suffix.lower() == ".csv"
        pairs = {"all": read_csv(path, target, task) if csv else read_npy_pair(path, target)}
    if "all" not in pairs:
        given = given | {part: pairs.get(part, 0) for part in ("validation", "test")}
    x, t = pairs["all" if "all" in pairs else "train"]
    return from_arrays(
        x,
        t,
        name=name if path.is_dir() else path.stem,
        seed=seed,
        dtype=dtype,
        source=f"{'folder' if path.is_dir() else 'file'} {name}",
        **{option: value for option, value in given.items() if option != "target"},
    )


def existing_path(name_or_path: str | os.PathLike[str], names: Sequence[str]) -> Path:
    """The file or folder that is meant, else an error with the nearest one that there is."""
    path = Path(name_or_path)
    text = os.fspath(name_or_path)
    if text and os.path.isdir(path):
        there = sorted(os.listdir(path))
        if not find_four(path) and not any(name.endswith(".npy") for name in there):
            raise FileNotFoundError(
                f"a data folder must hold four idx files (train-images-idx3-ubyte, ...) or x.npy "
                f"and t.npy, got {', '.join(there[:4]) + ', ...' * (len(there) > 4) or 'nothing'} "
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
    there = os.listdir(path.parent) if os.path.isdir(path.parent) else []
    near = [] if os.path.exists(path) else difflib.get_close_matches(path.name, there, 1)
    raise FileNotFoundError(
        f"a data file must exist, got {text!r} (looked in {os.path.abspath(path.parent)})"
        + (f"; did you mean {near[0]!r}?" if near else "")
    )
