"""Read targets: decide whether they are classes or numbers to predict, and find each case's label.

N cases, o outputs (classes, or numbers to predict)
"""

from collections.abc import Mapping, Sequence

import numpy as np

TASKS = ("classification", "regression")


def read_targets(
    tables: Mapping[str, np.ndarray],
    classes: Sequence[object] | None = None,
    task: str | None = None,
) -> tuple[tuple[str, ...] | None, list[np.ndarray]]:
    """Decide whether targets are classes or numbers, in the same way for every table.

    Parameters
    ----------
    tables : mapping of str to array (N,) or (N, o)
        Targets, of any real dtype or text, each under the name that errors call it by.
    classes : sequence of str, optional
        Names of the classes, at least 2, all different; integer labels then index them. Left out,
        the different targets in order.
    task : "classification" or "regression", optional
        Left out: text, integers and one-hot rows are classes, anything else is numbers.

    Returns
    -------
    classes : tuple of str, or None for regression
    values : list of arrays
        One for each table: labels (N,) int64, or numbers (N, o) float64.

    Raises
    ------
    ValueError
        If the targets cannot be read as the task asks.

    Examples
    --------
    >>> import numpy as np
    >>> classes, (labels,) = read_targets({"t": np.array(["cat", "dog", "cat"])})
    >>> classes, labels.tolist()
    (('cat', 'dog'), [0, 1, 0])
    """
    if task is not None and task not in TASKS:
        raise ValueError(f"task must be 'classification' or 'regression', got {task!r}")
    names = None if classes is None else _class_names(classes)
    if names is not None and task == "regression":
        raise ValueError("classes must be left out when task is 'regression', got both")
    tables = {name: _as_plain_array(name, t) for name, t in tables.items()}
    _check_alike(tables)
    values = np.concatenate(list(tables.values()))

    if task == "regression" or (task is None and names is None and _looks_like_numbers(values)):
        if values.dtype.kind == "U":
            raise ValueError(f"targets must be numbers for regression, got {str(values[0])!r}")
        numbers = values.astype(np.float64)
        values = numbers[:, None] if numbers.ndim == 1 else numbers
    elif values.ndim == 2:
        names, values = _from_one_hot(tables, values, names)
    elif values.dtype.kind == "U":
        names, values = _from_text(tables, values, names)
    else:
        names, values = _from_numbers(tables, values, names, task_is_set=task is not None)
    cuts = np.cumsum([len(t) for t in tables.values()])[:-1]
    return names, np.split(values, cuts)


def _class_names(classes: Sequence[object]) -> tuple[str, ...]:
    names = (classes,) if isinstance(classes, str) else tuple(str(name) for name in classes)
    if len(set(names)) < max(2, len(names)):
        raise ValueError(f"classes must be at least 2 different names, got {names}")
    return names


def _as_plain_array(name: str, t: np.ndarray) -> np.ndarray:
    """Targets as (N,) int64, float64 or text, or (N, o) numbers; one column is read as (N,)."""
    if t.ndim == 2 and t.shape[1] == 1:
        t = t[:, 0]
    if t.dtype.kind == "O":
        try:
            t = t.astype(np.str_ if all(isinstance(v, str) for v in t.flat) else np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be all numbers or all names, got a mixture") from None
    if t.dtype.kind in "bi" or (t.dtype.kind == "u" and t.dtype.itemsize < 8):
        t = t.astype(np.int64)
    if t.dtype.kind not in "iufU":
        raise ValueError(f"{name} must be numbers or names, got dtype {t.dtype}")
    if t.ndim not in (1, 2) or 0 in t.shape or (t.ndim == 2 and t.dtype.kind == "U"):
        raise ValueError(f"{name} must be (N,) labels or (N, o) numbers, got {_shape(t)}")
    if t.dtype.kind == "f" and not np.isfinite(t).all():
        at = tuple(np.argwhere(~np.isfinite(t))[0])
        index = ", ".join(str(i) for i in at)
        raise ValueError(f"{name} must be finite, got {t[at]} at {name}[{index}]; drop such cases")
    return t


def _shape(t: np.ndarray) -> str:
    return f"{'text of ' if t.dtype.kind == 'U' else ''}shape {t.shape}"


def _check_alike(tables: Mapping[str, np.ndarray]) -> None:
    (first, like), *others = tables.items()
    for name, t in others:
        if t.shape[1:] != like.shape[1:] or (t.dtype.kind == "U") != (like.dtype.kind == "U"):
            raise ValueError(
                f"{name} must be like {first} ({like.dtype}, {like.shape[1:] or 1} a case), "
                f"got {t.dtype}, {t.shape[1:] or 1} a case"
            )


def _looks_like_numbers(values: np.ndarray) -> bool:
    return not _is_one_hot(values).all() if values.ndim == 2 else values.dtype.kind == "f"


def _is_one_hot(values: np.ndarray) -> np.ndarray:
    return ((values == 0) | (values == 1)).all(axis=1) & (values.sum(axis=1) == 1)


def _place(tables: Mapping[str, np.ndarray], row: int) -> str:
    """The table and the row in it, like "t[4]", of a row of the joined tables."""
    for name, t in tables.items():
        if row < len(t):
            return f"{name}[{row}]"
        row -= len(t)
    raise IndexError(row)


def _from_one_hot(
    tables: Mapping[str, np.ndarray], values: np.ndarray, names: tuple[str, ...] | None
) -> tuple[tuple[str, ...], np.ndarray]:
    wrong = np.flatnonzero(~_is_one_hot(values))
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(
            f"rows of targets must be one-hot (a single 1, else 0) for classification, "
            f"got {values[row].tolist()} at {_place(tables, row)}"
        )
    outputs = values.shape[1]
    names = names or tuple(str(k) for k in range(outputs))
    if len(names) != outputs:
        raise ValueError(f"classes must be {outputs} names (columns of t), got {len(names)}")
    return names, values.argmax(axis=1).astype(np.int64)


def _from_text(
    tables: Mapping[str, np.ndarray], values: np.ndarray, names: tuple[str, ...] | None
) -> tuple[tuple[str, ...], np.ndarray]:
    texts, first_rows, labels = np.unique(values, return_index=True, return_inverse=True)
    if names is None:
        return _at_least_two(texts.tolist(), len(values)), labels.astype(np.int64)
    position = {name: k for k, name in enumerate(names)}
    for text, row in zip(texts.tolist(), first_rows.tolist(), strict=True):
        if text not in position:
            raise ValueError(
                f"labels must be among classes {names}, got {text!r} at {_place(tables, row)}"
            )
    return names, np.array([position[text] for text in texts.tolist()], dtype=np.int64)[labels]


def _from_numbers(
    tables: Mapping[str, np.ndarray],
    values: np.ndarray,
    names: tuple[str, ...] | None,
    *,
    task_is_set: bool,
) -> tuple[tuple[str, ...], np.ndarray]:
    wrong = np.flatnonzero(values != np.floor(values))
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(
            f"labels must be whole numbers, got {values[row]} at {_place(tables, row)}; "
            "leave classes and task out to predict numbers"
        )
    if names is not None:
        wrong = np.flatnonzero((values < 0) | (values >= len(names)))
        if wrong.size:
            row = int(wrong[0])
            raise ValueError(
                f"labels must be between 0 and {len(names) - 1} ({len(names)} classes), "
                f"got {values[row]:.0f} at {_place(tables, row)}"
            )
        return names, values.astype(np.int64)
    numbers, labels = np.unique(values, return_inverse=True)
    # Twelve labels for a dozen cases may be meant; prices in whole dollars are not classes.
    if not task_is_set and len(numbers) > max(10, len(values) // 2):
        raise ValueError(
            f"labels must repeat to be classes, got {len(numbers)} different whole numbers in "
            f"{len(values)} cases; pass task='regression' (or task='classification' if meant)"
        )
    names = _at_least_two([str(int(number)) for number in numbers], len(values))
    return names, labels.astype(np.int64)


def _at_least_two(labels: list[str], cases: int) -> tuple[str, ...]:
    """The different labels as names of classes, if there are two."""
    if len(labels) < 2:
        raise ValueError(
            f"targets must hold at least 2 classes, got only {labels[0]!r} in all {cases} cases; "
            "if others are merely missing, name them all in from_arrays(..., classes=...)"
        )
    return tuple(labels)
