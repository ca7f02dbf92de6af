"""A user's own rules from a Python file: every function in it whose parameters begin with w, g."""

import inspect
import runpy
from collections.abc import Callable
from pathlib import Path


def rules_in(path: str) -> dict[str, Callable]:
    """The rules in a file, by name.

    Raises
    ------
    ValueError
        If the file cannot be run, or holds no rule.
    """
    if not Path(path).is_file():
        raise ValueError(f"--rules {path}: there is no such file")
    try:
        found = runpy.run_path(path)
    except Exception as error:
        raise ValueError(f"--rules {path}: {type(error).__name__}: {error}") from None
    rules = {
        name.lower(): function
        for name, function in found.items()
        if inspect.isfunction(function)
        and function.__code__.co_filename == path
        and list(inspect.signature(function).parameters)[:2] == ["w", "g"]
    }
    if not rules:
        raise ValueError(f"--rules {path}: no function there takes w, g, ... as a rule does")
    return rules
