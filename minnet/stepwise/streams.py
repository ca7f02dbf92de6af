"""Reading of number streams, such as gradients, from the command line, a file or standard input."""

import os.path
import sys
from pathlib import Path

MOST = 100_000  # numbers of a stream: nobody reads more steps
SLIDE_28 = "0.1*9, -0.9"  # nine gradients of +0.1 and one of -0.9


def numbers_in(text: str) -> list[float]:
    """The numbers that a text holds, or the file that it names.

    Parameters
    ----------
    text : str
        ``"0.1*9, -0.9"``: numbers separated by commas, each with how often it comes (1 to
        100,000).  Or the name of a file with one such entry a line, where # begins a comment; "-"
        is standard input.

    Returns
    -------
    list of float
        With inf and nan as they are: `table` refuses them.

    Raises
    ------
    ValueError
        With its place, for what is no number.

    Examples
    --------
    >>> numbers_in("0.1*3, -0.9")
    [0.1, 0.1, 0.1, -0.9]
    """
    if text == "-" or os.path.isfile(text):  # not a Path: a long list is no possible file name
        whole = sys.stdin.read() if text == "-" else Path(text).read_text(errors="replace")
        entries = [line.split("#")[0] for line in whole.splitlines()]
        place = "standard input" if text == "-" else text
        lines = [(f"{place}, line {k}", entry) for k, entry in enumerate(entries, 1)]
        return [n for where, entry in lines if entry.strip() for n in _read(entry, where)]
    hint = f"; write e.g. {SLIDE_28!r}, or name a file with one number a line"
    return [n for entry in text.split(",") for n in _read(entry, repr(text), hint)]


def _read(entry: str, place: str, hint: str = "") -> list[float]:
    """The numbers of one entry, like "0.1*9"."""
    number, star, count = entry.partition("*")
    try:
        times = int(count) if star else 1
        if 0 < times <= MOST:
            return [float(number)] * times
    except ValueError:
        pass
    raise ValueError(f"{place}: {entry.strip()!r} is not a number or number*count{hint}")
