"""`minnet lecture`: list the parts, show one or all, print the verdicts."""

import argparse
import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from . import session
from .parts import PARTS, Part, table
from .session import Session

INTERRUPTED = 130
WORDS = "6a, 6b, 6c, 6d, 6e or all"


def run(options: argparse.Namespace) -> int:
    """Show parts of the lecture as the command line asks; the exit status.

    Parameters
    ----------
    options : argparse.Namespace
        With `parts` (ids, or "all"; none lists them), `html` (folder of a web site, or None),
        `output` (folder of the figures), `claims` (whether verdicts alone are shown, without
        figures), `quick` and `json`.

    Raises
    ------
    ValueError
        If a part is unknown, or a cell of a script fails with one.
    """
    if not options.parts and not options.html:
        print(listing())
        return 0
    parts = parts_named(options.parts or ["all"])
    if options.html:
        from .web import build

        print(f"wrote {build(parts, Path(options.html), quick=options.quick)}")
        return 0
    folder, status = None if options.claims else Path(options.output), 0
    with session.opened(folder=folder, quick=options.quick, echo=False) as showing:
        try:
            with redirect_stdout(StringIO()):  # what a script prints is for who reads the script
                show_all(parts, progress=sys.stderr.isatty())
        except KeyboardInterrupt:
            total = sum(len(part.claim_ids()) for part in parts)
            done = len(showing.findings)
            print(f"minnet: interrupted after {done} of {total} claims", file=sys.stderr)
            status = INTERRUPTED
        finally:  # findings and figures so far are not lost
            if showing.findings:
                print(json.dumps(as_json(showing)) if options.json else table(showing))
                stream = sys.stderr if options.json else sys.stdout
                if showing.drawings and folder:
                    print(f"wrote {len(showing.drawings)} figures to {folder}/", file=stream)
    return status


def listing() -> str:
    """The parts, their titles and how many claims each tests."""
    lines = [f"{part.id}  {part.title} ({len(part.claim_ids())} claims)" for part in PARTS.values()]
    return "\n".join([*lines, "show one with `minnet lecture 6e`, all with `minnet lecture all`"])


def parts_named(words: list[str]) -> list[Part]:
    """The parts of the lecture that the words name, in the lecture's order.

    Parameters
    ----------
    words : list of str
        Ids like "6e", or "all".

    Raises
    ------
    ValueError
        If a word is neither.
    """
    for word in words:
        if word != "all" and word not in PARTS:
            raise ValueError(f"a part of the lecture is {WORDS}, got {word!r}")
    return [part for id, part in PARTS.items() if id in words or "all" in words]


def show_all(parts: list[Part], *, progress: bool) -> None:
    """Show parts in the current session, with a bar that counts their cells.

    Parameters
    ----------
    parts : list of Part
    progress : bool
        Whether the bar is drawn.
    """
    cells = sum(len(script.cells()) for part in parts for script in part.scripts)
    with tqdm(total=cells, disable=not progress) as bar:
        for part in parts:
            bar.set_description(f"lecture {part.id}")
            for script in part.scripts:
                script.show(bar.update)


def as_json(showing: Session) -> dict[str, Any]:
    """Findings and figures of a session, in types that JSON has; inf and nan become null.

    Parameters
    ----------
    showing : Session
    """
    return {
        "quick": showing.quick,
        "claims": [
            {
                "id": finding.claim.id,
                "page": finding.claim.page,
                "kind": finding.claim.kind,
                "statement": finding.claim.statement,
                "verdict": str(finding.verdict),
                "because": finding.because,
                "measured": plain(finding.value),
                "as_expected": finding.as_expected,
                "source": finding.claim.source,
                "seeds": finding.seeds,
                "seconds": round(finding.seconds, 3),
            }
            for finding in showing.findings.values()
        ],
        "figures": [
            {"name": drawing.name, "title": drawing.title, "claims": list(drawing.claims),
             "file": str(drawing.path) if drawing.path else None}
            for drawing in showing.drawings.values()
        ],
    }  # fmt: skip


def plain(value: Any) -> Any:
    """A measured value in types that JSON has.

    Parameters
    ----------
    value : number, bool, str, None, or a list, array or dict of them
    """
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if np.ndim(value):
        return [plain(entry) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
