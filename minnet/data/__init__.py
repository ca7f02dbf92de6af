"""`load` finds a data set by its name or its path; everything is checked once, on the way in.

N cases, d inputs, o outputs (classes, or numbers to predict)

| name | cases | |
|---|---|---|
| digits | 1797 | d = 64 pixels in [0, 1], 10 classes, the only set stored here |
| moons, circles, spirals, xor, gaussians | `cases` | d = 2, drawn anew from the seed |
| redundant | `cases` | d = 16, each case `copies` times with a little jitter |
| a path to .csv or .npz | its own | taken as they are (no scaling) |
"""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .cases import Data, Part, float_type
from .csvtable import read_csv
from .generated import RECIPES, load_points, load_redundant
from .npztable import read_npz
from .split import Share, from_arrays, new_generator

__all__ = ["NAMES", "Data", "Part", "from_arrays", "load"]

NAMES = ("digits", *RECIPES, "redundant")
DIGITS_SOURCE = (
    "UCI Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak 1998, "
    "doi 10.24432/C50P49, CC BY 4.0"
)


def load(
    name_or_path: str | os.PathLike[str],
    *,
    dtype: DTypeLike = "float32",
    seed: int = 0,
    cases: int | None = None,
    noise: float | None = None,
    copies: int | None = None,
    target: str | int | None = None,
    task: str | None = None,
    validation: Share | None = None,
    test: Share | None = None,
) -> Data:
    """Load a data set by name ("digits", "moons", ...) or by path (.csv, .npz).

    Parameters
    ----------
    name_or_path : str or path
        One of `NAMES`, or a file. A CSV file may have a header, its target is the last column
        unless `target` says otherwise, and all other columns must be numbers. An archive has x
        and t (or X, y), or x_train, t_train, x_validation, ... if it is split already.
    dtype : "float32" or "float64"
    seed : int
        Draws a generated set and shuffles the cases before they are split. Sets that come split
        (digits, archives with x_train) do not depend on it.
    cases, noise : int, float, optional
        Size (1000) and spread of a generated set.
    copies : int, optional
        How often each case of "redundant" comes (10); `cases` must be a multiple of it.
    target : str or int, optional
        Target column of a CSV file, by name or index.
    task : "classification" or "regression", optional
        What the targets of a file are. Left out, whole numbers and names are classes.
    validation, test : float in [0, 1) or pair (x, t), optional
        As in `from_arrays` (0.1 each), for sets that do not come split.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        For an unknown name, an option that the set does not take, and anything in a file that is
        no table of finite numbers with a target for each case.
    FileNotFoundError
        If there is no such file.

    Notes
    -----
    "redundant" trains on `cases` cases of which only `cases / copies` are distinct: row i and
    row i + cases / copies are twins, at most 2 `noise` apart in each input. Its validation and test
    parts, a tenth of `cases` each, are fresh draws without twins.

    References
    ----------
    Lecture 6a, the slide on stochastic gradient descent: redundant data.

    Examples
    --------
    >>> load("digits")
    Data('digits': 64 inputs, 10 classes, train 1437 + validation 180 + test 180 cases, float32)
    >>> load("moons", cases=200, validation=0, test=0.5, dtype="float64")
    Data('moons': 2 inputs, 2 classes, train 100 + test 100 cases, float64)
    """
    float_type(dtype)
    new_generator(seed)
    if not isinstance(name_or_path, str | os.PathLike):
        raise TypeError(
            f"load takes a name or a path, got {type(name_or_path).__name__}; use from_arrays"
        )
    options = {
        "cases": cases,
        "noise": noise,
        "copies": copies,
        "target": target,
        "task": task,
        "validation": validation,
        "test": test,
    }
    given = {option: value for option, value in options.items() if value is not None}
    shares = {option: given[option] for option in ("validation", "test") if option in given}
    if name_or_path == "digits":
        _check_options("digits", given, ())
        return _digits(dtype)
    if name_or_path == "redundant":
        _check_options("redundant", given, ("cases", "noise", "copies"))
        return load_redundant(dtype, seed, cases, noise, copies)
    if name_or_path in RECIPES:
        _check_options(str(name_or_path), given, ("cases", "noise", "validation", "test"))
        return load_points(str(name_or_path), dtype, seed, cases, noise, shares)
    path = _existing_file(name_or_path)
    if path.suffix.lower() == ".csv":
        _check_options(path.name, given, ("target", "task", "validation", "test"))
        x, t = read_csv(path, target, task)
        pairs: dict[str, Any] = {"all": (x, t)}
    else:
        pairs = read_npz(path)
        accepted = ("task", "validation", "test") if "all" in pairs else ("task",)
        _check_options(path.name, given, accepted)
    if "all" not in pairs:
        shares = {part: pairs.get(part, 0) for part in ("validation", "test")}
    x, t = pairs["all" if "all" in pairs else "train"]
    return from_arrays(
        x,
        t,
        name=path.stem,
        task=task,
        seed=seed,
        dtype=dtype,
        source=f"file {path.name}",
        **shares,
    )


def _check_options(name: str, given: Iterable[str], accepted: tuple[str, ...]) -> None:
    for option in given:
        if option not in accepted:
            raise ValueError(
                f"{option} must be left out for {name!r}, which takes "
                f"{', '.join((*accepted, 'dtype', 'seed'))}"
            )


def _digits(dtype: DTypeLike) -> Data:
    # An installed package carries the folder inside; in the repository it stands beside.
    folder = Path(__file__).parents[1] / "datasets"
    if not folder.is_dir():
        folder = Path(__file__).parents[2] / "datasets"
    path = folder / "digits.npz"
    if not path.is_file():
        raise FileNotFoundError(
            f"digits.npz must be in {folder}, got no such file; reinstall minnet"
        )
    parts = {part: (x / np.float32(16), t) for part, (x, t) in read_npz(path).items()}
    return from_arrays(
        *parts["train"],
        name="digits",
        validation=parts["validation"],
        test=parts["test"],
        dtype=dtype,
        source=DIGITS_SOURCE,
    )


def _existing_file(name_or_path: str | os.PathLike[str]) -> Path:
    path = Path(name_or_path)
    text = os.fspath(name_or_path)
    looks_like_path = not isinstance(name_or_path, str) or path.suffix or len(path.parts) != 1
    if not looks_like_path and not os.path.exists(path):
        near = difflib.get_close_matches(text.lower(), NAMES, 1)
        raise ValueError(
            f"a data set must be one of {', '.join(NAMES)} or a path to .csv or .npz, got {text!r}"
            + (f"; did you mean {near[0]!r}?" if near else "")
        )
    if path.suffix.lower() not in (".csv", ".npz"):
        raise ValueError(f"a data file must end in .csv or .npz, got {text!r}")
    if os.path.isfile(path):
        return path
    there = os.listdir(path.parent) if os.path.isdir(path.parent) else []
    near = [] if os.path.exists(path) else difflib.get_close_matches(path.name, there, 1)
    raise FileNotFoundError(
        f"a data file must exist, got {text!r} (looked in {os.path.abspath(path.parent)})"
        + (f"; did you mean {near[0]!r}?" if near else "")
    )
