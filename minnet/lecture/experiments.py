"""Experiments: a function bound to the claim that it tests, run and judged."""

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..racing.blas import one_blas_thread
from . import session
from .claims import Claim, Finding
from .statements import CLAIMS


@dataclass(frozen=True, eq=False)
class Experiment:
    """An experiment bound to its claim; calling it returns a Finding.

    Parameters
    ----------
    claim : Claim
    function : callable
        Returns the measured value, or (value, data) with what the figure needs besides.
    """

    claim: Claim
    function: Callable[..., Any]

    def __call__(self, **changes: Any) -> Finding[Any]:
        """Run it, judge the measured value, and enter the finding into the session.

        Parameters
        ----------
        **changes
            Arguments of the function that replace its defaults.
        """
        start = time.perf_counter()
        value, data = self.measure(**changes)
        verdict, because = self.claim.judge(value)
        if self.claim.after_a_look:
            because += " (worded after a first look at the numbers)"
        finding = Finding(
            self.claim, value, data, verdict, because,
            self.claim.expect(value) if self.claim.expect else None,
            len(session.seeds(self.claim.seeds)), time.perf_counter() - start,
        )  # fmt: skip
        session.current().enter(finding)
        return finding

    def measure(self, **changes: Any) -> tuple[Any, Any]:
        """Run it: (value, data).

        Parameters
        ----------
        **changes
            Arguments of the function that replace its defaults, to try it out.
        """
        if self.claim.seeds and "seeds" in inspect.signature(self.function).parameters:
            changes.setdefault("seeds", session.seeds(self.claim.seeds))
        with one_blas_thread():  # two gain nothing here, and collapse if busy
            result = self.function(**changes)
        return result if isinstance(result, tuple) else (result, None)


def experiment(id: str) -> Callable[[Callable[..., Any]], Experiment]:
    """Bind a function to the claim that it tests.

    Parameters
    ----------
    id : str
        Of the claim, like "6e.16".

    Returns
    -------
    decorator
        For a function that returns its value, or a tuple (value, data) with what the figure needs;
        if it has a parameter `seeds`, it gets as many as the claim asks for.

    Raises
    ------
    ValueError
        If there is no such claim.
    """
    if id not in CLAIMS:
        raise ValueError(f"no claim has the id {id!r}: see minnet.lecture.statements")
    return lambda function: Experiment(CLAIMS[id], function)
