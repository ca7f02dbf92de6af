"""An idx file is numbers behind a short header, as MNIST came; it is read a block at a time.

N cases

It holds two zero bytes, a byte for the type of its values, a byte for the number of axes,
the length of each axis (uint32), and the values in C order; every number is big-endian.
"""

import gzip
import math
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .cases import BLOCK

TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
GZIP = b"\x1f\x8b"
MOST_PACKED = 1032  # deflate cannot shrink bytes further than this


class IdxFile:
    """An open idx file, gzipped or not: `magic`, `dtype`, `shape`, and its cases in blocks."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        with path.open("rb") as file:
            self.packed = file.read(2) == GZIP
        self.file = gzip.open(path) if self.packed else path.open("rb")  # noqa: SIM115
        try:
            self._read_header(path.stat().st_size)
        except BaseException:
            self.file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def _read_header(self, size: int) -> None:
        start = self._read(4)
        if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in TYPES or not start[3]:
            raise ValueError(
                f"{self.name} must be an idx file (0x0000, type, axes), got "
                + (f"0x{start.hex()} at its start" if start else "an empty file")
            )
        self.magic = int.from_bytes(start, "big")
        self.dtype, axes = np.dtype(TYPES[start[2]]), start[3]
        lengths = self._read(4 * axes)
        if len(lengths) < 4 * axes:
            raise ValueError(f"{self.name} must hold the lengths of {axes} axes, got its end first")
        self.shape = struct.unpack(f">{axes}I", lengths)
        wanted = math.prod(self.shape) * self.dtype.itemsize
        most = size * MOST_PACKED if self.packed else size - 4 - 4 * axes
        if wanted > most:
            raise ValueError(f"{self._promise()}, got a file of {size} bytes; it is cut off")

    def _promise(self) -> str:
        return f"{self.name} must hold {' x '.join(map(str, self.shape))} values (its header)"

    def _read(self, count: int) -> bytes:
        try:
            return self.file.read(count)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{self.name} must be an undamaged gzip file: {error}") from None

    def blocks(self, cases: int) -> Iterator[NDArray[Any]]:
        """The next `cases` cases, at most `BLOCK` at a time."""
        case = self.shape[1:]
        size = math.prod(case) * self.dtype.itemsize
        for start in range(0, cases, BLOCK):
            count = min(BLOCK, cases - start)
            values = self._read(count * size)
            if len(values) < count * size:
                raise ValueError(f"{self._promise()}, got fewer; it is cut off")
            yield np.frombuffer(values, self.dtype).reshape(count, *case)

    def end(self) -> None:
        """Refuse values beyond what the header promised; a gzip file checks its sum here."""
        if self._read(1):
            raise ValueError(f"{self._promise()}, got more")


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Read one idx file, gzipped or not, whatever its name.

    Parameters
    ----------
    path : path

    Returns
    -------
    values : array
        In the shape and the type that the header says, in this machine's byte order.

    Raises
    ------
    ValueError
        If the file is no idx file, is cut off, is damaged or goes on after its last value.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "three")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    ...     read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    with IdxFile(Path(path)) as file:
        values = np.empty(file.shape, file.dtype.newbyteorder("="))
        start = 0
        for block in file.blocks(file.shape[0]):
            values[start : start + len(block)] = block
            start += len(block)
        file.end()
    return values
