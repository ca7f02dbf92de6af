"""A user's own rules from a Python file: its functions whose first parameters are w and g."""

import inspect
import runpy
from collections.abc import Callable
from pathlib import Path


def rules_in(path: str) -> dict[str, Callable]:
    """The rules in a Python file, which is run to find them.

    Parameters
    ----------
    path : str

    Returns
    -------
    dict of str to callable
        The rules by their names in small letters; functions imported from elsewhere are no rules.

    Raises
    ------
    ValueError
        If the file cannot be run, holds no rule, or two rules whose names differ in capitals only.
    """
    if not Path(path).is_file():
        raise ValueError(f"--rules {path}: there is no such file")
    try:
        contents = runpy.run_path(path)
    except (Exception, SystemExit) as error:
        reason = str(error).split("\n")[0]
        raise ValueError(f"--rules {path}: {type(error).__name__}: {reason}") from None
    rules = {}
    for name, thing in contents.items():
        function = getattr(thing, "py_func", thing)  # what Numba compiled is as good
        if not inspect.isfunction(function) or function.__code__.co_filename != path:
            continue  # a helper from elsewhere
        if list(inspect.signature(function).parameters)[:2] == ["w", "g"]:
            if name.lower() in rules:
                raise ValueError(f"--rules {path}: two rules are called {name.lower()!r}")
            rules[name.lower()] = thing
    if not rules:
        raise ValueError(f"--rules {path}: no function there takes w, g, ... as a rule does")
    return rules
