"""Read idx files, the format of MNIST: a single one, or a folder of four as a data set.

N cases, d inputs (pixels of an image), o classes

An idx file is two zero bytes, a byte for the type of its values, a byte for the number of axes, the
length of each axis (uint32), and the values in C order. Every number is big-endian.
"""

import gzip
import io
import math
import os
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from numbers import Real
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from .cases import BLOCK, Data, Part, float_type
from .split import Share, one_hot
from .targets import read_targets

TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
GZIP = b"\x1f\x8b"
MOST_PACKED = 1032  # deflate cannot shrink bytes further than this
IMAGES, LABELS = 0x0803, 0x0801
MEANING = {IMAGES: "bytes, images", LABELS: "bytes, labels"}  # on three axes, on one axis
FOUR = {
    ("train", "images"): "train-images-idx3-ubyte",
    ("train", "labels"): "train-labels-idx1-ubyte",
    ("t10k", "images"): "t10k-images-idx3-ubyte",
    ("t10k", "labels"): "t10k-labels-idx1-ubyte",
}
VALIDATION = 1 / 6  # of the train files: 10,000 of MNIST's 60,000 cases


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """Read one idx file, gzipped or not, whatever its name.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    array
        In the shape and the dtype that the header says, in this machine's byte order.

    Raises
    ------
    ValueError
        If the file is no idx file, is cut off, is damaged or goes on after its last value.

    References
    ----------
    Y. LeCun, C. Cortes and C. Burges, *The MNIST database*: "the IDX file format".

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "three")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    ...     read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    (values,) = _read(Path(path))
    return values


def load_idx_folder(
    folder: Path,
    *,
    dtype: "DTypeLike" = "float32",
    validation: "Share | None" = None,
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
    dtype : "float32" or "float64"
        Of inputs and targets; default float32.
    validation : float in [0, 1), optional
        Share of the train files that becomes the validation part: always their last cases, without
        a shuffle. Left out, a sixth.
    classes : sequence of str, optional
        Names of the labels 0, 1, ...; left out, the labels that occur.
    name : str, optional
        Name of the set; left out, that of the folder.
    source : str, optional
        Origin and licence; left out, the folder.

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
    tables = {
        paths[key, "labels"].name: _read(paths[key, "labels"], LABELS)[0]
        for key in ("train", "t10k")
    }
    names, (labels, test_labels) = read_targets(tables, classes, "classification")
    assert names is not None  # they are None for regression alone
    size = _validation_size(validation, len(labels))
    x, *x_validation = _pixels(paths["train", "images"], len(labels), size, kind)
    (x_test,) = _pixels(paths["t10k", "images"], len(test_labels), 0, kind)
    if x_test.shape[1] != x.shape[1]:
        raise ValueError(
            f"{paths['t10k', 'images'].name} must have images of {x.shape[1]} pixels "
            f"(as {paths['train', 'images'].name} has), got {x_test.shape[1]}"
        )

    def part(x: np.ndarray, labels: np.ndarray) -> Part:
        return Part(x, one_hot(labels, len(names), kind), labels.copy())

    folder_name = folder.resolve().name
    return Data(
        name=name or folder_name,
        train=part(x, labels[: len(x)]),
        validation=part(x_validation[0], labels[len(x) :]) if size else None,
        test=part(x_test, test_labels),
        classes=names,
        source=source or f"folder {folder_name}",
    )


def find_four(folder: Path) -> dict[tuple[str, str], Path]:
    """Find those of MNIST's four files that a folder has.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    dict of (str, str) to Path
        By ("train" or "t10k", "images" or "labels").
    """
    paths: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.iterdir(), reverse=True):  # so that x wins over x.gz
        spelling = re.sub(r"\.(?=idx[13]-ubyte)", "-", path.name.removesuffix(".gz"))
        paths |= {key: path for key, name in FOUR.items() if name == spelling}
    return paths


def _validation_size(share: "Share | None", cases: int) -> int:
    share = VALIDATION if share is None else share
    if not isinstance(share, Real) or not 0 <= share < 1:
        got = repr(share) if isinstance(share, Real | str) else type(share).__name__
        raise ValueError(f"validation must be a share of the cases in [0, 1), got {got}")
    size = round(share * cases)
    if size == cases or (share and not size):
        raise ValueError(
            f"train and validation must get at least 1 case each, got a share of {share:g} of "
            f"{cases} cases for validation; pass validation=0 for no such part"
        )
    return size


def _pixels(path: Path, cases: int, validation: int, kind: np.dtype) -> list[np.ndarray]:
    """Images as pixels / 255: a table (cases - validation, d), and, if any, (validation, d)."""

    def tables(shape: tuple[int, ...], _: np.dtype) -> list[np.ndarray]:
        if shape[0] != cases:
            raise ValueError(
                f"{path.name} must have {cases} images (as there are labels), got {shape[0]}"
            )
        sizes = (cases - validation, validation) if validation else (cases,)
        return [np.empty((size, math.prod(shape[1:])), kind) for size in sizes]

    images = _read(path, IMAGES, tables)
    for x in images:
        x /= 255
    return images


def _one_table(shape: tuple[int, ...], dtype: np.dtype) -> list[np.ndarray]:
    return [np.empty(shape, dtype.newbyteorder("="))]


def _read(
    path: Path,
    magic: int | None = None,
    tables: Callable[[tuple[int, ...], np.dtype], list[np.ndarray]] = _one_table,
) -> list[np.ndarray]:
    """Fill the `tables` that are made for a file's shape and dtype, a block of cases at a time."""
    with path.open("rb") as first_bytes:
        is_gzip = first_bytes.read(2) == GZIP
    try:
        with gzip.open(path) if is_gzip else path.open("rb") as file:
            shape, dtype = _read_header(file, path, magic, is_gzip)
            promise = f"{path.name} must hold {' x '.join(map(str, shape))} values (its header)"
            filled = tables(shape, dtype)
            bytes_a_case = math.prod(shape[1:]) * dtype.itemsize
            for table in filled:
                for start in range(0, len(table), BLOCK):
                    rows = table[start : start + BLOCK]
                    values = file.read(len(rows) * bytes_a_case)
                    if len(values) < len(rows) * bytes_a_case:
                        raise ValueError(f"{promise}, got fewer; it is cut off")
                    rows[...] = np.frombuffer(values, dtype).reshape(rows.shape)
            if file.read(1):  # at the end a gzip file compares its checksum
                raise ValueError(f"{promise}, got more")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path.name} must be an undamaged gzip file: {error}") from None
    return filled


def _read_header(
    file: gzip.GzipFile | io.BufferedReader, path: Path, magic: int | None, is_gzip: bool
) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and dtype of the values, which must be what `magic` stands for, if it is a number."""
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in TYPES or not start[3]:
        raise ValueError(
            f"{path.name} must be an idx file (0x0000, type, axes), got "
            + (f"0x{start.hex()} at its start" if start else "an empty file")
        )
    if magic is not None and magic != int.from_bytes(start, "big"):
        raise ValueError(
            f"{path.name} must start with 0x{magic:08x} ({MEANING[magic]}), got 0x{start.hex()}"
        )
    dtype, axes = np.dtype(TYPES[start[2]]), start[3]
    lengths = file.read(4 * axes)
    if len(lengths) < 4 * axes:
        raise ValueError(f"{path.name} must hold the lengths of {axes} axes, got its end first")
    shape = struct.unpack(f">{axes}I", lengths)
    if magic is not None and 0 in shape:
        raise ValueError(f"{path.name} must hold at least 1 value, got shape {shape}")
    size = path.stat().st_size
    most = size * MOST_PACKED if is_gzip else size - 4 - 4 * axes
    if math.prod(shape) * dtype.itemsize > most:
        raise ValueError(
            f"{path.name} must hold {' x '.join(map(str, shape))} values (its header), "
            f"got a file of {size} bytes; it is cut off"
        )
    return shape, dtype
