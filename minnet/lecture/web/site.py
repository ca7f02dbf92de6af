"""The site as its templates see it: menu, looks of the verdicts, findings and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from ... import __version__
from ..claims import Finding
from ..session import Drawing
from ..verdicts import Verdict, brief
from .performance import Performance
from .pictures import alternative

FRONT = "index.html"
WIDE = 1.9  # heights; a wider figure is not squeezed into a narrow screen, but scrolls
SHARP = 1.5  # pixels of a figure on one of the page: sharp on fine screens, not too big on others


@dataclass(frozen=True)
class Look:
    """How a verdict is shown.

    Parameters
    ----------
    style : str
        Its class in the style sheet.
    sign : str
        One character.
    why : str
        The words before its reason.
    meaning : str
        A sentence for the legend.
    """

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
    """A page of the site.

    Parameters
    ----------
    file, title : str
    short : str
        Its word in the menu.
    """

    file: str
    title: str
    short: str


class Site:
    """What all pages share: the menu, and where every claim and every figure is.

    Parameters
    ----------
    performances : sequence of Performance
        The parts, in the order of their pages.
    quick : bool
        Whether they were shown with few seeds.
    """

    def __init__(self, performances: Sequence[Performance], *, quick: bool) -> None:
        self.performances, self.quick = performances, quick
        parts = [Page(f"{s.part.id}.html", f"{s.part.id} · {s.part.title}", s.part.id)
                 for s in performances]  # fmt: skip
        self.pages = [Page(FRONT, "All claims and verdicts", "Verdicts"), *parts]
        self.pages.append(Page("scenes.html", "Three scenes", "Scenes"))
        self.pages.append(Page("errata.html", "Errata and fine print", "Errata"))
        self.on_cards = {str(finding) for s in performances for finding in s.findings}
        self.file_of = {f.claim.id: f"{s.part.id}.html" for s in performances for f in s.findings}
        self.drawings = {
            s.part.id: [d for cell in s.cells for d in cell.drawings] for s in performances
        }
        self.setter = Environment(
            loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def render(self, template: str, file: str, **words: Any) -> str:
        """A page as HTML, with its menu and its neighbours.

        Parameters
        ----------
        template : str
            Its file.
        file : str
            Of the page.
        **words
            What the template needs besides.
        """
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
        """The address of a claim.

        Parameters
        ----------
        id : str
        """
        return f"{self.file_of[id]}#{id}"

    def finding(self, finding: Finding[Any]) -> dict[str, Any]:
        """A finding as the templates need it.

        Parameters
        ----------
        finding : Finding
        """
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

    def figure(self, drawing: Drawing, part: str) -> dict[str, Any]:
        """A figure as the templates need it.

        Parameters
        ----------
        drawing : Drawing
        part : str
            Id of the part it belongs to.
        """
        with Image.open(drawing.file) as picture:
            width, height = picture.size
        return {
            "anchor": anchor(drawing), "file": f"figures/{part}/{drawing.file.name}",
            "width": round(width / SHARP), "height": round(height / SHARP),
            "alt": alternative(drawing), "style": "wide" if width > WIDE * height else "",
            "claims": [{"id": id, "href": self.href(id)} for id in drawing.claims
                       if id in self.file_of],
        }  # fmt: skip


def values(value: Any) -> list[tuple[str, str]]:
    """The entries of a measured value, to stand one below the other; none if it is one number.

    Parameters
    ----------
    value : number, list, or dict of them
    """
    if not isinstance(value, dict) or len(value) < 2:
        return []
    return [(str(key), brief(entry)) for key, entry in value.items()]


def anchor(drawing: Drawing) -> str:
    """The anchor of a figure on its page.

    Parameters
    ----------
    drawing : Drawing
    """
    return f"figure-{drawing.name}"
