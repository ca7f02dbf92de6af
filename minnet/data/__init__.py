"""Data sets: load one by its name or its path, make one of arrays, transform its inputs.

- `load` here, `from_arrays` in `split`, `transformed` in `transforms`
- `cases`: the classes `Data` and `Part`
- `targets`: are they classes or numbers?
- `files`: from a path to a reader; `csvtable`, `numpyfiles` and `idx` read what their names say
- `generated`: sets drawn from a seed
- `published`, `download`: digits, MNIST, Fashion-MNIST
- `sets`: the list that `minnet data` prints

All input is checked here, once. N cases, d inputs, o outputs (classes, or numbers to predict)

| name | cases | |
|---|---|---|
| digits | 1797 | d = 64 pixels in [0, 1], 10 classes, the only set stored here |
| moons, circles, spirals, xor, gaussians | `cases` | d = 2, drawn anew from the seed |
| redundant | `cases` | d = 16, each case `copies` times with a little jitter |
| mnist, fashion-mnist | 70,000 | d = 784 pixels in [0, 1], 10 classes, once `minnet data` has \
downloaded them |
| a path to .csv, .npz or .npy | its own | taken as they are (no scaling) |
| a folder | its own | with the four idx files of MNIST, pixels / 255, or x.npy and t.npy |
"""

import os
from collections.abc import Sequence

from numpy.typing import DTypeLike

from .cases import Data, Part, float_type
from .files import check_options, existing_path, load_path
from .generated import RECIPES, load_points, load_redundant
from .published import PUBLISHED, load_digits, load_published
from .sets import describe_sets
from .split import SHARE, Share, from_arrays, new_generator
from .transforms import transformed

__all__ = ["NAMES", "Data", "Part", "describe_sets", "from_arrays", "load", "transformed"]

NAMES = ("digits", *RECIPES, "redundant", *PUBLISHED)


def load(
    name_or_path: str | os.PathLike[str],
    *,
    dtype: "DTypeLike" = "float32",
    seed: int = 0,
    cases: int | None = None,
    noise: float | None = None,
    copies: int | None = None,
    target: str | int | os.PathLike[str] | None = None,
    task: str | None = None,
    classes: Sequence[str] | None = None,
    validation: "Share | None" = None,
    test: "Share | None" = None,
) -> Data:
    """Load a data set by its name ("digits", "moons", ...) or its path (a file or a folder).

    Parameters
    ----------
    name_or_path : str or path
        One of `NAMES`, a file or a folder. A CSV file may have a header, its target is the last
        column unless `target` says otherwise, and all other columns must be numbers. An archive
        (.npz) has x and t (or X, y), or x_train, t_train, x_validation, ... if it is split already;
        a folder has the same as x.npy, t.npy, ..., or the four idx files of MNIST. Inputs from a
        single x.npy need `target`, the .npy file with the targets.
    dtype : "float32" or "float64"
        Of inputs and targets; default float32.
    seed : int
        Draws a generated set and shuffles the cases before they are split; at least 0, default 0.
        Sets that come split (digits, archives with x_train) do not depend on it.
    cases : int, optional
        Number of cases of a generated set, from 1 to ten million; default 1000.
    noise : float, optional
        Standard deviation of what is added to the inputs of a generated set, at least 0; default
        by set, from 0 for "xor" to 0.4 for "gaussians". For "redundant" the bound of the jitter.
    copies : int, optional
        How often each distinct case of "redundant" comes, a divisor of `cases`; default 10.
    target : str or int, optional
        Target column of a CSV file, by name or index; or the .npy file with the targets.
    task : "classification" or "regression", optional
        What the targets of a file are. Left out, whole numbers and names are classes.
    classes : sequence of str, optional
        Names of the classes 0, 1, ... of a file or a folder; left out, the labels that occur.
    validation, test : float in [0, 1) or pair (x, t), optional
        As in `from_arrays` (0.1 each), for sets that do not come split. Of idx files, a share of
        the train files for validation: their last cases, without a shuffle (1/6).

    Returns
    -------
    Data

    Raises
    ------
    TypeError
        If it is neither a name nor a path.
    ValueError
        For an unknown name, an option that the set does not take, and anything in a file that is
        no table of finite numbers with a target for each case.
    FileNotFoundError
        If there is no such file, or a set has not been downloaded.

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
        "classes": classes,
        "validation": validation,
        "test": test,
    }
    options = {option: value for option, value in options.items() if value is not None}
    if name_or_path == "digits":
        check_options("digits", options, ())
        return load_digits(dtype)
    if name_or_path == "redundant":
        check_options("redundant", options, ("cases", "noise", "copies"))
        return load_redundant(dtype, seed, cases, noise, copies)
    if name_or_path in RECIPES:
        check_options(str(name_or_path), options, ("cases", "noise", "validation", "test"))
        parts = (SHARE if share is None else share for share in (validation, test))
        return load_points(str(name_or_path), dtype, seed, cases, noise, *parts)
    if name_or_path in PUBLISHED:
        check_options(str(name_or_path), options, ("validation",))
        return load_published(str(name_or_path), dtype, validation)
    return load_path(existing_path(name_or_path, NAMES), dtype, seed, options)
