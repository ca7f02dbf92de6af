"""What is wrong with a rule: errors of its body, of its compilation, of the values it returns."""

import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


class RuleError(TypeError):
    """A rule that cannot be used: its signature or its body is not what a rule needs."""


@contextmanager
def rule_errors(scalar: Callable) -> Iterator[None]:
    """Turn what a wrong scalar raises while it is compiled into a RuleError."""
    try:
        yield
    except Exception as error:  # Numba lets through whatever it is
        raise RuleError(f"{scalar.__name__} does not compile: {_reason(error)}") from None


def try_in_python(
    rule: Callable,
    scalar: Callable,
    slots: tuple[str, ...],
    hyper: Mapping[str, float],
    *,
    jump: bool,
) -> None:
    """Call a rule, or its jump, once as plain Python: its mistakes read best there.

    Raises
    ------
    RuleError
        If it raises, or returns another number of values than it has slots plus 1 (a jump: 1).
    """
    results = 1 if jump else 1 + len(slots)
    function = getattr(scalar, "py_func", scalar)
    parameters = inspect.signature(function).parameters
    try:
        result = function(**{name: hyper.get(name, 0.5) for name in parameters})
    except (ArithmeticError, ValueError):
        return  # these values are outside the rule's domain; that says nothing about others
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f'line {frame.lineno} of "{frame.filename}"'
        raise RuleError(
            f"rule {scalar.__name__}: {type(error).__name__}: {error} ({place})"
        ) from None
    count = len(result) if isinstance(result, tuple) else 1
    if count != results:
        raise RuleError(
            f"rule {scalar.__name__} returns {count} value(s), but must return {results}: "
            "the new weight, then each of its slots in the order of its parameters"
        )


NOISE = ("Failed in", "During", "File", "-", ">>>", "There ", "Of ", "^")  # of Numba's messages


def _reason(error: Exception) -> str:
    """The lines of Numba's message that a reader of the rule can act on, as one line."""
    lines = [line.strip() for line in str(error).splitlines()]
    places = [f" ({line.rstrip(':')})" for line in lines if line.startswith("File ")]
    reasons = [line for line in lines if line and not line.startswith(NOISE)]
    reason = reasons[0] if reasons else type(error).__name__
    return f"{reason}{''.join(places[-1:])}; a rule uses arithmetic, math, min, max, if"
