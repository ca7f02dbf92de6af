"""MNIST came as four files, images and labels to train and to test on; others came after it alike.

N cases, d inputs (pixels of an image), o classes
"""

import math
import os
import re
from collections.abc import Sequence
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .cases import Data, Part, float_type
from .idx import IdxFile, read_idx
from .split import one_hot
from .targets import read_targets

IMAGES, LABELS = 0x0803, 0x0801  # unsigned bytes on three axes, on one axis
FOUR = {
    ("train", "images"): "train-images-idx3-ubyte",
    ("train", "labels"): "train-labels-idx1-ubyte",
    ("t10k", "images"): "t10k-images-idx3-ubyte",
    ("t10k", "labels"): "t10k-labels-idx1-ubyte",
}
VALIDATION = 1 / 6


def find_four(folder: Path) -> dict[tuple[str, str], Path]:
    """Those of the four files that a folder has, by ("train" or "t10k", "images" or "labels")."""
    found: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.iterdir(), reverse=True):  # so that x wins over x.gz
        spelled = re.sub(r"\.(?=idx[13]-ubyte)", "-", path.name.removesuffix(".gz"))
        found |= {key: path for key, name in FOUR.items() if name == spelled}
    return found


def load_idx_folder(
    folder: Path,
    *,
    dtype: DTypeLike = "float32",
    validation: float | None = None,
    classes: Sequence[str] | None = None,
    name: str | None = None,
    source: str | None = None,
) -> Data:
    """Load the four files of MNIST, or of a set in its form, as cases in three parts.

    Parameters
    ----------
    folder : Path
        With train-images-idx3-ubyte, train-labels-idx1-ubyte and the same for t10k, each perhaps
        with .gz behind, or with a dot before idx.
    validation : float in [0, 1), optional
        Share of the train files that becomes the validation part: always their last cases, without
        a shuffle. Left out, a sixth, of MNIST 10,000 of the 60,000 cases.
    classes : sequence of str, optional
        Names of the labels 0, 1, ...; left out, the labels that occur.

    Returns
    -------
    Data
        Inputs (N, d) are pixels / 255, row by row; the t10k files are the test part.

    Raises
    ------
    FileNotFoundError
        If one of the four is missing.
    ValueError
        If a file is damaged, counts or sizes of images disagree, or a label is no class.
    """
    kind = float_type(dtype)
    paths = find_four(folder)
    missing = [file for key, file in FOUR.items() if key not in paths]
    if missing:
        raise FileNotFoundError(
            f"{folder.name} must hold the four idx files, got no {' and no '.join(missing)} "
            f"(looked in {os.path.abspath(folder)})"
        )
    labels = {key: _labels(paths[key, "labels"]) for key in ("train", "t10k")}
    names, values = read_targets(
        {paths[key, "labels"].name: t for key, t in labels.items()}, classes, "classification"
    )
    share = VALIDATION if validation is None else validation
    if not isinstance(share, Real) or not 0 <= share < 1:
        got = repr(share) if isinstance(share, Real | str) else type(share).__name__
        raise ValueError(f"validation must be a share of the cases in [0, 1), got {got}")
    kept = round(share * len(values[0]))
    if kept == len(values[0]) or (share and not kept):
        raise ValueError(
            f"train and validation must get at least 1 case each, got a share of {share:g} of "
            f"{len(values[0])} cases for validation; pass validation=0 for no such part"
        )
    train = _images(paths["train", "images"], len(values[0]), kept, kind)
    (test,) = _images(paths["t10k", "images"], len(values[1]), 0, kind)
    if test.shape[1] != train[0].shape[1]:
        raise ValueError(
            f"{paths['t10k', 'images'].name} must have images of {train[0].shape[1]} pixels "
            f"(as {paths['train', 'images'].name} has), got {test.shape[1]}"
        )
    xs = {"validation": None} | dict(zip(("train", "validation"), train, strict=False))
    xs["test"] = test
    ts = {"train": values[0][: len(train[0])], "validation": values[0][len(train[0]) :]}
    ts["test"] = values[1]
    parts = {
        part: None if x is None else Part(x, one_hot(ts[part], len(names), kind), ts[part].copy())
        for part, x in xs.items()
    }
    folder_name = folder.resolve().name
    return Data(
        name=name or folder_name, classes=names, source=source or f"folder {folder_name}", **parts
    )


def _labels(path: Path) -> NDArray[Any]:
    with IdxFile(path) as file:
        _check_magic(file, LABELS, "labels")
    return read_idx(path)


def _images(path: Path, cases: int, kept: int, kind: np.dtype[Any]) -> list[NDArray[Any]]:
    """The images of a file as (cases - kept, d) and, if any are `kept` back, (kept, d)."""
    with IdxFile(path) as file:
        _check_magic(file, IMAGES, "images")
        if file.shape[0] != cases:
            raise ValueError(
                f"{path.name} must have {cases} images (as there are labels), got {file.shape[0]}"
            )
        tables = []
        for size in (cases - kept, kept) if kept else (cases,):
            x = np.empty((size, math.prod(file.shape[1:])), kind)
            start = 0
            for block in file.blocks(size):
                stop = start + len(block)
                np.divide(block.reshape(len(block), -1), kind.type(255), out=x[start:stop])
                start = stop
            tables.append(x)
        file.end()
    return tables


def _check_magic(file: IdxFile, magic: int, what: str) -> None:
    if file.magic != magic:
        raise ValueError(
            f"{file.name} must start with 0x{magic:08x} (bytes, {what}), got 0x{file.magic:08x}"
        )
    if 0 in file.shape:
        raise ValueError(f"{file.name} must hold at least 1 value, got shape {file.shape}")
