"""HTML pages of the site: one for each part, the table of verdicts, the scenes, the errata."""

from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup

from . import moving
from .errata import ERRATA, Erratum
from .performance import Cell, Performance, notebook
from .site import FRONT, LOOKS, Look, Site
from .typeset import anchor_of, code, prose

STATIC = ("site.css", "site.js")


def write(performances: Sequence[Performance], folder: Path, *, quick: bool) -> None:
    """Write all pages, the style sheet, the scripts and the notebooks into a folder.

    Parameters
    ----------
    performances : sequence of Performance
    folder : Path
        New; with the figures of the parts.
    quick : bool
        Whether they were shown with few seeds.
    """
    site = Site(performances, quick=quick)
    for name in STATIC:
        text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "downloads").mkdir()
    for part in performances:
        for script, cells in part.scripts.items():
            (folder / "downloads" / script.name).write_text(script.text(), encoding="utf-8")
            nbformat.write(notebook(cells), folder / "downloads" / notebook_name(script.name))
        _save(folder, f"{part.part.id}.html", part_page(site, part))
    _save(folder, FRONT, front_page(site))
    scenes = [moving.scene(name, folder / "figures" / "scenes") for name in moving.TITLES]
    _save(folder, "scenes.html", site.render("scenes.html", "scenes.html", scenes=scenes))
    _save(folder, "errata.html", errata_page(site))


def _save(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def notebook_name(script: str) -> str:
    """The file of a script's notebook.

    Parameters
    ----------
    script : str
        Its own file.
    """
    return f"{Path(script).stem}.ipynb"


def part_page(site: Site, performance: Performance) -> str:
    """The page of a part: its scripts, cell by cell, with a table of contents.

    Parameters
    ----------
    site : Site
    performance : Performance

    Raises
    ------
    ValueError
        If a formula cannot be typeset.
    """
    part, several = performance.part, len(performance.scripts) > 1
    taken = {"main", *(finding.claim.id for finding in performance.findings)}
    scripts: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for script, cells in performance.scripts.items():
        blocks, above = [], 1
        for cell in cells:
            try:
                block, entries = _block(site, part.id, cell, taken, shift=int(several))
            except ValueError as error:
                raise ValueError(f"{script.name}: {error}") from None
            above = block["level"] or above
            blocks.append(block | {"level": above + 1})  # one below the last heading
            contents += [entry for entry in entries if several or entry["kind"] != "script"]
        scripts.append({
            "blocks": blocks, "name": script.name,
            "file": f"downloads/{script.name}", "notebook_name": notebook_name(script.name),
            "notebook": f"downloads/{notebook_name(script.name)}",
        })  # fmt: skip
    return site.render(
        "part.html", f"{part.id}.html", title=f"{part.id} · {part.title}", scripts=scripts,
        contents=contents,
    )  # fmt: skip


def _block(
    site: Site, part: str, cell: Cell, taken: set[str], *, shift: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A cell as a block of the page, and its entries in the table of contents."""
    if not cell.is_code:
        html, headings = prose(cell.source, shift=shift, taken=taken)
        kinds = {1: "script", 2: "slide"}
        return {"prose": Markup(html), "level": headings[-1].level + shift if headings else 0}, [
            {"kind": kinds[h.level], "anchor": h.anchor, "html": Markup(h.html), "signs": []}
            for h in headings if h.level in kinds
        ]  # fmt: skip
    findings = [site.finding(finding) for finding in cell.findings]
    ids = [finding["id"] for finding in findings]
    number = cell.number if cell.number in ids else ""
    place = number or (ids[0] if ids else anchor_of(cell.title, taken) if cell.title else "")
    block = {
        "prose": None, "level": 0, "title": cell.title,
        "title_text": cell.title.removeprefix(number).strip(),
        "number": number, "anchor": place,
        "code": Markup(code(cell.source)), "findings": findings,
        "printed": "\n".join(
            line for line in cell.printed.splitlines() if line not in site.on_cards
        ),
        "figures": [site.figure(drawing, part) for drawing in cell.drawings],
    }  # fmt: skip
    entry = {"kind": "claim", "anchor": place, "html": cell.title, "signs": findings}
    return block, [entry] * bool(cell.title)


def front_page(site: Site) -> str:
    """The front page: the parts, and the table of all verdicts.

    Parameters
    ----------
    site : Site
    """
    from ..parts import PARTS

    findings = [site.finding(f) for each in site.performances for f in each.findings]
    counts = [vars(look) | {"verdict": str(verdict), "count": _count(findings, look)}
              for verdict, look in LOOKS.items()]  # fmt: skip
    parts = [
        {"file": f"{s.part.id}.html", "short": s.part.id, "name": s.part.title,
         "claims": len(s.findings), "figures": len(site.drawings[s.part.id])}
        for s in site.performances
    ]  # fmt: skip
    return site.render(
        "index.html", FRONT, findings=findings, verdicts=counts, parts=parts,
        extras=site.pages[1 + len(parts) :], complete=len(parts) == len(PARTS),
    )  # fmt: skip


def _count(findings: Iterable[dict[str, Any]], look: Look) -> int:
    return sum(finding["style"] == look.style for finding in findings)


def errata_page(site: Site) -> str:
    """The page of the errata, each with the findings that show it.

    Parameters
    ----------
    site : Site
    """
    by_id = {f.claim.id: f for each in site.performances for f in each.findings}

    def entry(erratum: Erratum) -> dict[str, Any]:
        return vars(erratum) | {
            "printed": Markup(prose(erratum.printed)[0]), "holds": Markup(prose(erratum.holds)[0]),
            "findings": [site.finding(by_id[id]) for id in erratum.claims if id in by_id],
            "absent": [id for id in erratum.claims if id not in by_id],
        }  # fmt: skip

    return site.render("errata.html", "errata.html", errata=[entry(erratum) for erratum in ERRATA])
