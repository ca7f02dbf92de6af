"""A tiny lecture, the site that is built of it, and a reader of its pages."""

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

pytest.importorskip("jupytext")
pytest.importorskip("math_core")
from minnet.lecture import parts, statements, web
from minnet.lecture.claims import Claim
from minnet.lecture.parts import Part, Script
from minnet.lecture.verdicts import Verdict, close, wins

# A lecture of our own, with every verdict, formulas, and signs that HTML gives a meaning.
CLAIMS = (
    Claim("6a.5", 3, "It grows.", "exact", close({2: 19.47}, abs=0.01), source="arcus cosine"),
    Claim("6x.1", 1, "One & one <i>is</i> two.", "exact", close(2), expect=close(2), source="sums"),
    Claim("6x.2", 2, "It is five.", "measured", close(5), ("on Sundays", close(6)), seeds=5),
    Claim("6x.3", 3, "It is eight.", "measured", close(8), corrected=("9", close(9))),
    Claim("6x.4", 4, "A is below b.", "measured", wins("a", "b"), seeds=4),
)
FIRST = r"""# %% [markdown]
# # 6x · A tiny part
#
# Its formula is $E = \frac12 w^\top H w$.

# %%
import numpy as np

from minnet.lecture import experiment, show

# %% [markdown]
# ## Slide 3 · Downhill
#
# $$
# \begin{aligned} a &= b < c \\ d &= 1 \end{aligned}
# $$


# %% 6a.5 Steepest descent, lr=0.1 & more
@experiment("6a.5")
def angles():
    k = np.array([1, 2, 10, 100, 10_000])
    return dict(zip(k.tolist(), 90 - np.degrees(np.arcsin(2 * k**0.5 / (1 + k))), strict=True))


found = angles()
print("<b>printed</b>")
with show.sheet("tiny-one", "Angles grow", claims=[found]) as axes:
    show.lines(axes, {"a": [1, 2], "b": [2, 3]}, xlabel="condition", ylabel="angle (degrees)")


# %% 6x.1 Sums
@experiment("6x.1")
def sums(addend=1):
    return 1 + addend


wrong = sums(addend=2)  # of two findings of one claim the last counts


# %% 6x.2 and 6x.3 Numbers
@experiment("6x.2")
def six(seeds):
    return 6


@experiment("6x.3")
def nine():
    return 9


six(), nine()
"""
SECOND = """# %% [markdown]
# # 6x · The second half

# %% 6x.4 Below
from minnet.lecture import experiment


@experiment("6x.4")
def below():
    return {"a": [1, 9, 1, 9], "b": [2, 2, 2, 2]}


# %% Once more
below(), experiment("6x.1")(lambda: 2)()
"""
VERDICTS = {
    "6a.5": Verdict.CONFIRMED, "6x.1": Verdict.CONFIRMED, "6x.2": Verdict.QUALIFIED,
    "6x.3": Verdict.REFUTED, "6x.4": Verdict.NOT_CLEAR,
}  # fmt: skip
PAGES = ("index.html", "6x.html", "scenes.html", "errata.html")
VOID = {"meta", "link", "img", "br", "hr", "input", "mspace"}


class Reader(HTMLParser):
    """What is in a page: elements with their attributes and text; are they all closed?"""

    def __init__(self, path):
        super().__init__()
        self.elements, self.open, self.text = [], [], ""
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        element = SimpleNamespace(tag=tag, text="", **{"attributes": dict(attributes)})
        assert len(element.attributes) == len(attributes)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.elements.append(SimpleNamespace(tag=tag, text="", attributes=dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag, self.getpos()

    def handle_data(self, data):
        self.text += data
        for element in self.open:
            element.text += data

    def all(self, *tags):
        return [element for element in self.elements if element.tag in tags]

    def values(self, *names):
        held = [e.attributes.get(name) for e in self.elements for name in names]
        return [value for value in held if value is not None]

    def by_class(self, name):
        return [e for e in self.elements if name in (e.attributes.get("class") or "").split()]


def built(tmp_path, *scripts):
    """Build a site of scripts of our own; the folder and the session's last printed words."""
    with pytest.MonkeyPatch.context() as patch:
        lectures = tmp_path / "lectures"
        lectures.mkdir(exist_ok=True)
        for number, text in enumerate(scripts):
            (lectures / f"tiny{number}.py").write_text(text, encoding="utf-8")
        part = Part("6x", "A tiny part", tuple(Script(f"tiny{k}.py") for k in range(len(scripts))))
        patch.setattr(parts, "FOLDERS", (lectures,))
        for claim in CLAIMS:
            patch.setitem(statements.CLAIMS, claim.id, claim)
        return web.build([part], tmp_path / "site", quick=True)
