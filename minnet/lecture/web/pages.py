"""The pages of the site, from what was shown: one a part, the table of verdicts, the errata."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from ... import __version__
from ..claims import Finding
from ..session import Drawing
from ..verdicts import Verdict, brief
from . import moving
from .errata import ERRATA, Erratum
from .performance import Cell, Shown, notebook
from .pictures import alternative
from .typeset import anchor_of, code, prose

FRONT = "index.html"
STATIC = ("site.css", "site.js")
WIDE = 1.9  # heights; a wider figure is not squeezed into a narrow screen, but scrolls
SHARP = 1.5  # pixels of a figure on one of the page: sharp on fine screens, not too big on others


@dataclass(frozen=True)
class Look:
    """How a verdict is shown: its class in the style sheet, its sign, and what its reason is."""

    style: str
    sign: str
    why: str
    meaning: str


LOOKS = {
    Verdict.CONFIRMED: Look("confirmed", "✓", "True if", "It holds as the slide states it."),
    Verdict.QUALIFIED: Look("qualified", "≈", "Only if", "It holds under a condition."),
    Verdict.REFUTED: Look("refuted", "✗", "Why", "Not as printed; where known, the right form."),
    Verdict.NOT_CLEAR: Look("open", "?", "Why", "The seeds do not agree on an answer."),
}


@dataclass(frozen=True)
class Page:
    """A page's file, its title, and a word for it in the menu."""

    file: str
    title: str
    short: str


class Site:
    """What all pages know of each other: where every claim and every figure is."""

    def __init__(self, shown: list[Shown], *, quick: bool):
        self.shown, self.quick = shown, quick
        parts = [Page(f"{s.part.id}.html", f"{s.part.id} · {s.part.title}", s.part.id)
                 for s in shown]  # fmt: skip
        self.pages = [Page(FRONT, "All claims and verdicts", "Verdicts"), *parts]
        self.pages.append(Page("scenes.html", "Three scenes", "Scenes"))
        self.pages.append(Page("errata.html", "Errata and fine print", "Errata"))
        self.told = {str(finding) for s in shown for finding in s.findings}  # cards tell it better
        self.file_of = {f.claim.id: f"{s.part.id}.html" for s in shown for f in s.findings}
        self.drawings = {s.part.id: [d for cell in s.cells for d in cell.drawings] for s in shown}
        self.setter = Environment(
            loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def render(self, template: str, file: str, **words) -> str:
        """A page, with its menu and its neighbours."""
        place = [page.file for page in self.pages].index(file)
        around = [("prev", place - 1)] * (place > 0) + [("next", place + 1)]
        near = [
            {"rel": rel, "file": self.pages[k].file, "title": self.pages[k].title}
            for rel, k in around if k < len(self.pages)
        ]  # fmt: skip
        return self.setter.get_template(template).render(
            file=file, pages=self.pages, around=near, quick=self.quick, version=__version__, **words
        )

    def href(self, id: str) -> str:
        return f"{self.file_of[id]}#{id}"

    def finding(self, finding: Finding) -> dict:
        """What the templates tell of a finding."""
        claim, look = finding.claim, LOOKS[finding.verdict]
        figures = [
            {"href": f"{part}.html#{anchor(drawing)}", "title": drawing.title}
            for part, drawings in self.drawings.items() for drawing in drawings
            if claim.id in drawing.claims
        ]  # fmt: skip
        return vars(look) | {
            "id": claim.id, "page": claim.page, "statement": claim.statement,
            "href": self.href(claim.id), "figures": figures, "verdict": str(finding.verdict),
            "because": finding.because, "measured": brief(finding.value),
            "values": values(finding.value), "source": claim.source, "agrees": finding.as_expected,
            "seeds": finding.seeds, "all_seeds": claim.seeds,
        }  # fmt: skip

    def figure(self, drawing: Drawing, part: str) -> dict:
        """What the templates tell of a figure."""
        with Image.open(drawing.path) as picture:
            width, height = picture.size
        return {
            "anchor": anchor(drawing), "file": f"figures/{part}/{drawing.path.name}",
            "width": round(width / SHARP), "height": round(height / SHARP),
            "alt": alternative(drawing), "style": "wide" if width > WIDE * height else "",
            "claims": [{"id": id, "href": self.href(id)} for id in drawing.claims
                       if id in self.file_of],
        }  # fmt: skip


def values(value) -> list[tuple[str, str]]:
    """The entries of a measured value, to stand one below the other; none if it is one number."""
    if not isinstance(value, dict) or len(value) < 2:
        return []
    return [(str(key), brief(entry)) for key, entry in value.items()]


def anchor(drawing: Drawing) -> str:
    return f"figure-{drawing.name}"


def write(shown: list[Shown], folder: Path, *, quick: bool) -> None:
    """Write all pages, the style sheet, the scripts and the notebooks into a folder."""
    site = Site(shown, quick=quick)
    for name in STATIC:
        text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "downloads").mkdir()
    for part in shown:
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
    return f"{Path(script).stem}.ipynb"


def part_page(site: Site, shown: Shown) -> str:
    """The page of a part: its scripts, cell by cell, with a table of contents."""
    part, several = shown.part, len(shown.scripts) > 1
    taken = {"main", *(finding.claim.id for finding in shown.findings)}
    scripts, contents = [], []
    for script, cells in shown.scripts.items():
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


def _block(site: Site, part: str, cell: Cell, taken: set[str], *, shift: int) -> tuple:
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
        "printed": "\n".join(line for line in cell.printed.splitlines() if line not in site.told),
        "figures": [site.figure(drawing, part) for drawing in cell.drawings],
    }  # fmt: skip
    entry = {"kind": "claim", "anchor": place, "html": cell.title, "signs": findings}
    return block, [entry] * bool(cell.title)


def front_page(site: Site) -> str:
    """The parts, and the table of all verdicts."""
    from ..parts import PARTS

    findings = [site.finding(finding) for shown in site.shown for finding in shown.findings]
    counts = [vars(look) | {"verdict": str(verdict), "count": _count(findings, look)}
              for verdict, look in LOOKS.items()]  # fmt: skip
    parts = [
        {"file": f"{s.part.id}.html", "short": s.part.id, "name": s.part.title,
         "claims": len(s.findings), "figures": len(site.drawings[s.part.id])}
        for s in site.shown
    ]  # fmt: skip
    return site.render(
        "index.html", FRONT, findings=findings, verdicts=counts, parts=parts,
        extras=site.pages[1 + len(parts) :], complete=len(parts) == len(PARTS),
    )  # fmt: skip


def _count(findings: Iterable[dict], look: Look) -> int:
    return sum(finding["style"] == look.style for finding in findings)


def errata_page(site: Site) -> str:
    """The slips of the slides, each with the findings that show it."""
    found = {f.claim.id: f for shown in site.shown for f in shown.findings}

    def told(erratum: Erratum) -> dict:
        return vars(erratum) | {
            "printed": Markup(prose(erratum.printed)[0]), "holds": Markup(prose(erratum.holds)[0]),
            "findings": [site.finding(found[id]) for id in erratum.claims if id in found],
            "absent": [id for id in erratum.claims if id not in found],
        }  # fmt: skip

    return site.render("errata.html", "errata.html", errata=[told(erratum) for erratum in ERRATA])
