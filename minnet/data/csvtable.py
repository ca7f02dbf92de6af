"""Read a CSV file: header or none, the target column, numbers and names, errors by line and column.

N cases, d inputs, columns = d + 1 (one of them is the target)

NumPy parses the numbers in C. Where it stumbles, the file is read once more in Python, to name the
line and the column of the fault.
"""

import csv
import difflib
import math
from collections.abc import Iterator
from itertools import islice
from numbers import Integral
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np

LARGEST_LABEL = 2**53  # whole numbers up to this one are exact in float64


def read_csv(
    path: Path, target: str | int | None = None, task: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Read a comma-separated table of numbers with one target column.

    Line 1 is a header when none of its inputs is a number, or when its target is no number and the
    next line's is. The other columns must be numbers; the target may be names.

    Parameters
    ----------
    path : Path
        A text file in UTF-8, with commas between fields and perhaps double quotes around them.
    target : str or int, optional
        Name (needs a header) or index of the target column, from 0, or from -1 backwards; the last
        column if left out.
    task : "classification" or "regression", optional
        "classification" reads a mixture of numbers and names as names. Left out, a mixture is
        refused.

    Returns
    -------
    x : array (N, d) float64
    t : array (N,)
        int64 if every target is a whole number, else float64, or text.

    Raises
    ------
    ValueError
        With the line and the column of the first field that does not fit, if the target column is
        not there, or if the file is no text in UTF-8.

    References
    ----------
    RFC 4180, for commas, quotes and line ends.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "pets.csv")
    ...     _ = path.write_text("weight,age,kind\\n4.1,3,cat\\n20,5,dog\\n")
    ...     x, t = read_csv(path)
    >>> x.tolist(), t.tolist()
    ([[4.1, 3.0], [20.0, 5.0]], ['cat', 'dog'])
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return _Table(file, path.name, target).read(task)
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ValueError(
            f"{path.name} must be text in UTF-8, got byte 0x{byte:02x}; is it a CSV file at all?"
        ) from None
    except csv.Error as error:
        raise ValueError(f"{path.name} must be comma-separated text: {error}") from None


class _Table:
    """An open CSV file: its header, if there is one, and the index of its target column."""

    def __init__(self, file: TextIO, name: str, target: str | int | None) -> None:
        self.file, self.name, self.header_lines = file, name, 0
        top = list(islice(self.rows(), 2))
        if not top:
            raise ValueError(f"{name} must hold at least one case, got an empty file")
        self.first_line, first = top[0]
        self.width = len(first)
        if self.width < 2:
            raise ValueError(
                f"{name} line {self.first_line} must have at least 2 fields (inputs, then the "
                f"target) separated by commas, got {_short(first[0])}"
            )
        self.columns = [field.strip() for field in first]
        self.target = self._target_column(target)
        if isinstance(target, str) or self._is_header(top):
            self.header_lines = self.first_line
            if len(top) < 2:
                raise ValueError(f"{name} must hold at least one case, got only a header line")
        else:
            self.columns = []

    def rows(self, skip: int = 0) -> Iterator[tuple[int, list[str]]]:
        """Line number (from 1) and fields of every line that is not blank, by the csv module."""
        self.file.seek(0)
        for _ in range(skip):
            next(self.file)
        reader = csv.reader(self.file)
        for row in reader:
            if row:
                yield skip + reader.line_num, row

    def _target_column(self, target: str | int | None) -> int:
        if target is None:
            return self.width - 1
        if isinstance(target, str):
            if self.columns.count(target) == 1:
                return self.columns.index(target)
            near = difflib.get_close_matches(target, self.columns, 1)
            names = ", ".join(self.columns[:12]) + (", ..." if self.width > 12 else "")
            raise ValueError(
                f"target must name one column of {self.name} (line {self.first_line}: "
                f"{_short(names, 120)}), got {target!r}"
                + (f"; did you mean {near[0]!r}?" if near and near[0] != target else "")
            )
        if not isinstance(target, Integral) or not -self.width <= target < self.width:
            raise ValueError(
                f"target must be between {-self.width} and {self.width - 1} "
                f"(columns of {self.name}) or a name, got {target!r}"
            )
        return int(target) % self.width

    def _is_header(self, top: list[tuple[int, list[str]]]) -> bool:
        first = top[0][1]
        if not any(_is_number(f) for k, f in enumerate(first) if k != self.target):
            return True
        second = top[1][1] if len(top) > 1 else []
        return (
            self.target < len(second)
            and not _is_number(first[self.target])
            and _is_number(second[self.target])
        )

    def read(self, task: str | None) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (N, d) and targets (N,), as `read_csv` returns them."""
        codes: dict[str, int] = {}
        self.file.seek(0)
        for _ in range(self.header_lines):
            next(self.file)
        try:
            table = np.loadtxt(
                self.file,
                delimiter=",",
                quotechar='"',
                comments=None,
                # Inputs are parsed in C; of the target we keep the text, once for each value.
                converters={self.target: lambda text: codes.setdefault(text.strip(), len(codes))},
                ndmin=2,
                encoding="utf-8",
            )
        except UnicodeDecodeError:
            raise
        except ValueError as error:
            self._explain(error)
        if table.shape[1] != self.width:
            self._explain(None)
        # Both are finite only if every input is, and no mask of the whole table is needed.
        if not (math.isfinite(table.min()) and math.isfinite(table.max())):
            self._explain(None)
        t = self._read_target(list(codes), table[:, self.target].astype(np.int64), task)
        if self.target == self.width - 1:
            return table[:, :-1], t
        return table[:, 1:] if self.target == 0 else np.delete(table, self.target, axis=1), t

    def _read_target(self, texts: list[str], codes: np.ndarray, task: str | None) -> np.ndarray:
        """Targets (N,) as whole numbers, numbers or names; case i has the text texts[codes[i]]."""
        words = [text for text in texts if not _is_number(text)]
        mixed = 0 < len(words) < len(texts) and task != "classification"
        if "" in words or mixed or (words and task == "regression"):
            word = "" if "" in words else words[0]
            line = self._line_of(int(np.flatnonzero(codes == texts.index(word))[0]))
            raise ValueError(
                f"{self._place(line, self.target)} must be "
                + ("filled in" if not word else "a number as other targets are")
                + f", got {_short(word)}"
                + ("" if task or not word else "; task='classification' reads all as names")
            )
        if words:
            return np.array(texts, dtype=np.str_)[codes]
        values = np.array([float(text) for text in texts])
        if not np.isfinite(values).all():
            code = int(np.flatnonzero(~np.isfinite(values))[0])
            line = self._line_of(int(np.flatnonzero(codes == code)[0]))
            raise ValueError(f"{self._place(line, self.target)} must be finite, got {texts[code]}")
        if (values == np.floor(values)).all() and np.abs(values).max() <= LARGEST_LABEL:
            return values.astype(np.int64)[codes]
        return values[codes]

    def _line_of(self, row: int) -> int:
        return next(islice(self.rows(self.header_lines), row, None))[0]

    def _place(self, line: int, column: int) -> str:
        title = f" ({_short(self.columns[column])})" if self.columns else ""
        return f"{self.name} line {line}, column {column + 1}{title}"

    def _explain(self, error: ValueError | None) -> NoReturn:
        """Raise ValueError with the line and the column that NumPy's reader cannot parse."""
        for line, row in self.rows(self.header_lines):
            if len(row) != self.width:
                raise ValueError(
                    f"{self.name} line {line} must have {self.width} fields "
                    f"(as line {self.first_line}), got {len(row)}"
                ) from None
            for column, field in enumerate(row):
                if column == self.target:
                    continue
                if not _is_number(field):
                    raise ValueError(
                        f"{self._place(line, column)} must be a number, got {_short(field)}; "
                        "fill in, encode or drop it (only the target may be names)"
                    ) from None
                if not math.isfinite(float(field)):
                    raise ValueError(
                        f"{self._place(line, column)} must be finite, got {field.strip()}; "
                        "fill in or drop such cases"
                    ) from None
        raise ValueError(f"{self.name} must be a table of numbers: {error}") from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    # Python also reads 1_000 and digits of other scripts; numpy's reader does not.
    return "_" not in text and text.isascii()


def _short(text: str, most: int = 40) -> str:
    return repr(text if len(text) <= most else text[: most - 3] + "...")
