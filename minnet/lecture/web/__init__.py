"""The web edition of the lecture: a folder of pages that needs neither a network nor a server.

Built on kept tools, the `web` extra: jupytext reads the scripts, nbformat makes notebooks,
markdown-it sets the text, Pygments the code, Jinja2 the pages.  The scripts run in this process,
just as `minnet lecture` runs them, so pages and notebooks hold what the table of verdicts holds,
and no kernel, port or nbconvert (with its forty packages) is needed.  Formulas become MathML:
browsers typeset it themselves, readers read it aloud, and no font or script is fetched.  It is made
by math-core, which writes the part of MathML that all browsers share and refuses what it does not
know, where others pass an unknown command through to the page.
"""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from ...install import advice
from ..parts import Part

NEEDED = (
    "jinja2",
    "jupytext",
    "markdown_it",
    "math_core",
    "mdit_py_plugins",
    "nbformat",
    "pygments",
)


def build(parts: Sequence[Part], folder: Path, *, quick: bool = False) -> Path:
    """Show parts of the lecture and write them as a web site.

    The site is made beside `folder` and moved there when it is whole: an interrupted build leaves
    an earlier site as it was.

    Parameters
    ----------
    parts : sequence of Part
    folder : Path
        New, empty, or holding nothing but an earlier site.
    quick : bool
        Few seeds; every page says so.  Default False.

    Returns
    -------
    Path
        The front page.

    Raises
    ------
    ValueError
        If a library is missing, or the folder holds other files.
    """
    check_libraries()
    from . import pages, performance, place

    with place.replacing(folder) as site:
        performances = performance.perform(
            parts, site / "figures", quick=quick, progress=sys.stderr.isatty()
        )
        pages.write(performances, site, quick=quick)
    return folder / pages.FRONT


def check_libraries() -> None:
    """Raise a ValueError if a library of the `web` extra is missing."""
    missing = []
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise ValueError(
            f"the web edition needs {', '.join(missing)}, not installed here: {advice('web')}"
        )
