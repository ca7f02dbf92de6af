"""Does the site stand on its own: no network, no dead link, no picture without words, nothing that
cannot be read, and nothing of anybody else's overwritten?"""

import itertools
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("jupytext")
pytest.importorskip("math_core")
import nbformat
from browser import FOUND, Browser

from minnet.lecture import command, parts, session, statements, web
from minnet.lecture.claims import Claim
from minnet.lecture.parts import Part, Script
from minnet.lecture.verdicts import Verdict, close, wins
from minnet.lecture.web import errata, moving, pages, performance, place, typeset

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


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    front = built(folder, FIRST, SECOND)
    assert front == folder / "site" / "index.html"
    return front.parent


@pytest.fixture(scope="module")
def read(site):
    return {name: Reader(site / name) for name in PAGES}


def test_all_pages_are_there_and_nothing_is_left_beside(site):
    assert sorted(path.name for path in site.glob("*.html")) == sorted(PAGES)
    assert sorted(path.name for path in site.parent.iterdir()) == ["lectures", "site"]
    named = set(json.loads((site / place.MANIFEST).read_text())["files"])
    files = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    assert named == files - {place.MANIFEST}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_it_is_and_can_be_walked_through(read, name):
    page = read[name]
    assert page.all("html")[0].attributes["lang"] == "en"
    meta = {m.attributes.get("name"): m.attributes.get("content") for m in page.all("meta")}
    assert meta["viewport"] == "width=device-width, initial-scale=1" and len(meta["description"])
    titles = [p.all("title")[0].text for p in read.values()]
    assert len(set(titles)) == len(PAGES)
    assert page.all("a")[0].attributes == {"class": "skip", "href": "#main"}
    assert [e.attributes["id"] for e in page.all("main")] == ["main"]
    levels = [int(e.tag[1]) for e in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.by_class("quick"), "a quick showing says so"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_no_network_and_no_inline_script(site, read, name):
    for address in read[name].values("src", "href", "action", "srcset", "poster", "xlink:href"):
        assert not urlsplit(address).netloc and urlsplit(address).scheme in ("", "data"), address
    for element in read[name].elements:
        assert not [key for key in element.attributes if key.startswith("on")], element
        assert element.tag not in ("iframe", "style", "base")
        assert element.tag != "script" or not element.text
    assert not re.search(r"url\(|@import|https?:", (site / "site.css").read_text())
    assert not re.search(r"fetch|import\b|https?:", (site / "site.js").read_text())


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(site, read, name):
    ids = {page: reader.values("id") for page, reader in read.items()}
    assert len(set(ids[name])) == len(ids[name])
    for address in read[name].values("href", "src"):
        parts = urlsplit(address)
        target = unquote(parts.path) or name
        if parts.scheme == "data":
            continue
        assert (site / target).is_file(), address
        if parts.fragment:
            assert unquote(parts.fragment) in ids[target], address
    for names in read[name].values("aria-labelledby"):
        assert names in ids[name]


def test_parts_are_linked_one_after_the_other(read):
    for k, name in enumerate(PAGES):
        near = {e.attributes["rel"]: e.attributes["href"] for e in read[name].all("a")
                if "rel" in e.attributes}  # fmt: skip
        expected = {"prev": PAGES[k - 1] if k else None, "next": (*PAGES, None)[k + 1]}
        assert near == {rel: file for rel, file in expected.items() if file}


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_has_words_and_its_size(site, read, name):
    for image in read[name].all("img"):
        told = image.attributes
        assert len(told["alt"]) > 30
        with Image.open(site / told["src"]) as picture:
            width, height = picture.size
        assert int(told["width"]) / int(told["height"]) == pytest.approx(width / height, rel=0.01)


def test_a_picture_is_told_by_its_axes_and_legend(read):
    assert [e.attributes["alt"] for e in read["6x.html"].all("img")] == [
        "Angles grow. angle (degrees) against condition; shown: a, b."
    ]
    assert "<b>printed</b>" in read["6x.html"].text


def test_the_table_holds_every_verdict_with_a_link_to_its_cell(read):
    rows = [e for e in read["index.html"].all("tr") if e.attributes.get("class")]
    told = {row.text.split()[0]: row.text for row in rows}
    assert list(told) == ["6a.5", "6x.1", "6x.2", "6x.3", "6x.4"]  # in the order of the cells
    for id, verdict in VERDICTS.items():
        assert f" {verdict}" in told[id]
        assert f"6x.html#{id}" in read["index.html"].values("href")
    assert "One & one <i>is</i> two." in told["6x.1"] and "\n2\n" in told["6x.1"]
    chips = [e.text for e in read["index.html"].all("label")]
    assert [re.search(r"\d+", chip)[0] for chip in chips] == ["5", "2", "1", "1", "1"]


def test_the_cell_of_a_claim_holds_code_verdict_and_figure(read):
    page = read["6x.html"]
    cells = {e.attributes.get("id"): e.text for e in page.all("section")}
    assert "def angles():\n    k = np.array([1, 2, 10, 100, 10_000])" in cells["6a.5"]
    assert "0.1 & more" in cells["6a.5"] and "✓ CONFIRMED" in cells["6a.5"]
    assert "Shows 6a.5" in cells["6a.5"]
    assert "Only ifon Sundays" in cells["6x.2"] and "2 of 5" in cells["6x.2"]
    assert "6x.4 A is below b." in cells["6x.4"] and "CLEAR" not in cells["once-more"]
    assert "6x.4" not in page.text.partition("below(), experiment")[2], "a card tells it already"
    assert "6x.3" in page.values("id"), "the second claim of a cell has an anchor too"
    contents = page.by_class("contents")[0].text
    assert all(id in contents for id in ("6a.5", "6x.2", "6x.4", "Slide 3"))


def test_formulas_are_mathml():
    html, headings = typeset.prose("## A $x^2$ · b\n\n$a < b$ and $$c$$\n\n$$\ny\n$$", shift=1)
    assert html.count("<math") == 4 and "&lt;" in html and "$" not in html
    assert html.count('<math display="block">') == 2 and html.count("<div") == 1
    assert html.startswith('<h3 id="a-x-2">') and headings[0].level == 2
    assert "<script>" not in typeset.prose("<script>1</script>")[0]


def test_what_cannot_be_typeset_is_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match=r"tiny0\.py: formula \$\\nonsense w\$"):
        built(tmp_path, "# %% [markdown]\n# $\\nonsense w$\n\n# %%\n1\n")
    assert not (tmp_path / "site").exists()


def test_the_errata_are_shown_by_their_claims(read):
    page = read["errata.html"]
    assert [e.attributes["id"] for e in page.by_class("erratum")] == [f"E{k}" for k in range(1, 10)]
    sections = {e.attributes["id"]: e.text for e in page.by_class("erratum")}
    assert "✓ CONFIRMED" in sections["E5"] and "19.47" in sections["E5"]
    assert "claim 6b.5, in a part that is not among those shown" in sections["E1"]
    assert {id for erratum in errata.ERRATA for id in erratum.claims} <= set(statements.CLAIMS) | {
        "6b.5", "6b.7", "6b.9", "6b.10", "6b.13", "6a.2", "6a.3", "6e.9", "6e.16"
    }  # fmt: skip


# ---------------------------------------------------------------------------- downloads


def test_the_notebook_holds_the_script_and_its_outputs(site):
    book = nbformat.read(site / "downloads" / "tiny0.ipynb", as_version=4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert code[1].outputs[0].text.startswith("6a.5   CONFIRMED: 1: 0, 2: 19.47")
    assert code[1].outputs[0].text.endswith("<b>printed</b>\n")
    assert code[1].outputs[1].data["image/png"].startswith("iVBOR")
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
    assert len({cell.id for cell in book.cells}) == len(book.cells)
    assert "### 6x.1 Sums" in [cell.source for cell in book.cells]
    assert (site / "downloads" / "tiny0.py").read_text(encoding="utf-8") == FIRST


def test_the_notebook_runs_outside_the_site(site, monkeypatch):
    for claim in CLAIMS:
        monkeypatch.setitem(statements.CLAIMS, claim.id, claim)
    with session.opened(folder=None, quick=True, echo=False) as own:
        for name in ("tiny0", "tiny1"):
            names = {"__name__": "__main__"}
            for cell in nbformat.read(site / "downloads" / f"{name}.ipynb", as_version=4).cells:
                if cell.cell_type == "code":
                    exec(compile(cell.source, name, "exec"), names)
    assert {id: finding.verdict for id, finding in own.findings.items()} == VERDICTS


def test_the_same_lecture_gives_the_same_files(site, tmp_path):
    again = built(tmp_path, FIRST, SECOND).parent
    for path in site.rglob("*"):
        if path.is_file():
            assert (again / path.relative_to(site)).read_bytes() == path.read_bytes(), path


def test_unusual_markers_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "FOLDERS", (tmp_path,))
    (tmp_path / "odd.py").write_text("# %% [raw]\n# words\n\n# %%\n1\n")
    with pytest.raises(ValueError, match=r"odd\.py is not plain percent format"):
        performance.run(Script("odd.py"))


# ---------------------------------------------------------------------------- colours


def colours(css):
    """The named colours: light ones, and dark ones where they differ."""
    blocks = [dict(re.findall(r"--([\w-]+): (#\w{6})", block))
              for block in re.findall(r":root \{(.*?)\}", css, re.S)]  # fmt: skip
    return blocks[0], blocks[0] | blocks[1]


def contrast(one, other):
    """W3C's contrast of two colours."""
    luminances = []
    for colour in (one, other):
        parts = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        luminances.append(float(linear @ (0.2126, 0.7152, 0.0722)))
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


TONES = ("confirmed", "qualified", "refuted", "open")
ON_PAPER = ("ink", "quiet", "link", "tone")
IN_CODE = ("code", "keyword", "text", "number", "comment", "name")


def test_contrast_is_measured_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_text_can_be_read(site):
    css = (site / "site.css").read_text()
    grounds = {
        "ink": ("paper", "wash", "qualified-wash"), "quiet": ("paper", "qualified-wash"),
        "link": ("paper", "qualified-wash"), "top-ink": ("top", "top-here"),
        **{tone: (f"{tone}-wash",) for tone in TONES}, **dict.fromkeys(IN_CODE, ("wash",)),
    }  # fmt: skip
    used = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", css))
    assert used - {"tone"} <= set(grounds), "a colour without its grounds"
    for named in colours(css):
        for colour, behind in grounds.items():
            for ground in behind:
                assert contrast(named[colour], named[ground]) >= 4.5, (colour, ground)


# ---------------------------------------------------------------------------- the folder


def write(folder, name="index.html", text="new"):
    with place.replacing(folder) as site:
        (site / name).write_text(text)


def test_an_earlier_site_is_replaced_whole(tmp_path):
    write(tmp_path / "new" / "site", "old.html")
    write(tmp_path / "new" / "site")
    held = sorted(path.name for path in (tmp_path / "new" / "site").iterdir())
    assert held == ["index.html", place.MANIFEST]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["site"]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "site").mkdir()
    write(tmp_path / "site")
    assert (tmp_path / "site" / "index.html").read_text() == "new"


def test_an_interrupted_build_leaves_the_earlier_site(tmp_path):
    write(tmp_path / "site", text="old")

    def interrupted():
        with place.replacing(tmp_path / "site") as site:
            (site / "index.html").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (tmp_path / "site" / "index.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("when", ["before", "meanwhile"])
@pytest.mark.parametrize("name", ["notes.txt", ".git/HEAD", "figures/mine.png"])
def test_files_of_others_are_never_touched(tmp_path, name, when):
    write(tmp_path / "site", text="old")

    def put():
        (tmp_path / "site" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "site" / name).write_text("mine")

    if when == "before":
        put()
    with pytest.raises(ValueError, match=re.escape(name)), place.replacing(tmp_path / "site"):
        put()
    assert (tmp_path / "site" / name).read_text() == "mine"
    assert (tmp_path / "site" / "index.html").read_text() == "old"


def test_a_folder_without_our_list_is_somebody_elses(tmp_path):
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(ValueError, match="not of an earlier site"):
        write(tmp_path)
    (tmp_path / place.MANIFEST).write_text("[]")
    with pytest.raises(ValueError, match=r"index\.html"):
        write(tmp_path)
    with pytest.raises(ValueError, match="is a file"):
        write(tmp_path / "index.html")


# ---------------------------------------------------------------------------- the command


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(web, "NEEDED", ("json", "no_such_library"))
    with pytest.raises(ValueError, match=r"needs no_such_library.*pip install 'minnet\[web\]'"):
        web.build([], tmp_path / "site")


@pytest.mark.parametrize(("words", "ids"), [([], list(parts.PARTS)), (["6e"], ["6e"])])
def test_without_a_part_all_are_shown(monkeypatch, capsys, words, ids):
    told = []
    monkeypatch.setattr(web, "build", lambda *given, quick: told.append((*given, quick)) or "x")
    options = SimpleNamespace(parts=words, html="there", quick=True)
    assert command.run(options) == 0 and capsys.readouterr().out == "wrote x\n"
    ((chosen, folder, quick),) = told
    assert [part.id for part in chosen] == ids and folder == Path("there") and quick


# ---------------------------------------------------------------------------- moving pictures


def test_the_paths_stand_where_the_axes_have_them(tmp_path):
    told = moving.scene("beale", tmp_path / "scenes")
    stage, (left, right, bottom, top) = told["stage"], (-2, 5.5, -3, 3)
    runs = [np.array([p.split(",") for p in run["points"].split()], float) for run in told["runs"]]
    x = left + (runs[0][:, 0] - stage["x"]) / stage["width"] * (right - left)
    y = top - (runs[0][:, 1] - stage["y"]) / stage["height"] * (top - bottom)
    w = [(1.0, 1.5)]  # plain descent, by hand
    for _ in range(5):
        a, b = w[-1]
        gaps = [c - a * (1 - b**k) for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))]
        slope = [
            sum(-2 * gap * (1 - b**k) for k, gap in enumerate(gaps, 1)),
            sum(2 * gap * a * k * b ** (k - 1) for k, gap in enumerate(gaps, 1)),
        ]
        w.append((a - 0.007 * slope[0], b - 0.007 * slope[1]))
    assert np.allclose(np.column_stack([x, y])[:6], w, atol=0.02)
    assert all(len(run) == told["steps"] + 1 for run in runs)
    with Image.open(tmp_path / "scenes" / "beale.png") as picture:
        assert picture.width / picture.height == pytest.approx(np.divide(*told["size"]), rel=0.01)


def test_a_path_ends_where_it_diverges():
    axes = SimpleNamespace(transData=SimpleNamespace(transform=lambda w: w))
    w = np.array([[0, 1], [1e9, 2], [np.nan, 3], [0, 4.0]])
    assert moving.points(axes, w, 10) == "0.0,9.0 100000.0,8.0"
    assert moving.dashes({"linestyle": "-"}) == ""
    assert moving.dashes({"linestyle": (0, (1, 2))}) == "3.5 7"


# ---------------------------------------------------------------------------- in a browser

LOW_CONTRAST = """(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = parts(getComputedStyle(element).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let seen = 0, node; node = walk.nextNode();) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility()) continue;
    const [a, b] = [parts(getComputedStyle(element).color), ground(element)].map(light);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push([node.data.trim(), element.className, ratio]);
  }
  return low;
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if FOUND is None:
        pytest.skip("no Chromium is installed, to open the pages in")
    profile = tmp_path_factory.mktemp("chromium")
    opened = Browser(profile)
    yield opened
    opened.close()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_from_a_file_without_complaint(browser, site, name):
    browser.open(site / name)
    sizes = browser.js(
        "Promise.all([...document.images].map(async image => { image.loading = 'eager';"
        " await image.decode(); return image.naturalWidth; }))"
    )
    assert all(size > 100 for size in sizes)
    asked = [e["params"]["request"]["url"] for e in browser.events
             if e["method"] == "Network.requestWillBeSent"]  # fmt: skip
    assert asked and all(url.startswith(("file:", "data:", "about:")) for url in asked)
    wrong = ("Network.loadingFailed", "Log.entryAdded", "Runtime.exceptionThrown",
             "Runtime.consoleAPICalled")  # fmt: skip
    assert not [event for event in browser.events if event["method"] in wrong]


@pytest.mark.parametrize("width", [320, 360, 800, 1400])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_its_screen(browser, site, name, width):
    browser.open(site / name, width=width)
    assert browser.js("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_browser_finds_no_text_that_is_hard_to_read(browser, site, name, scheme):
    browser.open(site / name, scheme=scheme)
    dark = browser.js("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark is (scheme == "dark")
    assert browser.js(LOW_CONTRAST) == []


def test_the_player_plays_and_can_be_set(browser, site):
    browser.open(site / "scenes.html")
    told = (
        "[document.querySelector('polyline').points.length,"
        " +document.querySelector('.player input').value]"
    )
    steps = browser.js("+document.querySelector('.player input').max")
    assert browser.js(told) == [steps + 1, steps]
    moved, says = browser.js(
        "new Promise(done => { const player = document.querySelector('.player');"
        " const [button, slider, clock] = player.querySelectorAll('button, input, output');"
        " const look = () => +slider.value > 1 && done([+slider.value, button.textContent]);"
        " new MutationObserver(look).observe(clock, {childList: true}); button.click();"
        " setTimeout(() => done([0, 'it stood still']), 60000); })"
    )
    assert 1 < moved < steps and says == "Pause"
    browser.js("{ const slider = document.querySelector('.player input'); slider.value = 7;"
               " slider.dispatchEvent(new Event('input')); }")  # fmt: skip
    assert browser.js(told) == [8, 7]
    assert browser.js("document.querySelector('output').textContent") == f"step 7 of {steps}"


def test_the_filter_shows_one_verdict(browser, site):
    browser.open(site / "index.html")
    browser.js("document.querySelector('input[value=refuted]').click()")
    shown = browser.js("[...document.querySelectorAll('tbody tr')].filter(row =>"
                       " row.checkVisibility()).map(row => row.className)")  # fmt: skip
    assert shown == ["refuted"]


def test_the_keyboard_reaches_the_text_first(browser, site):
    browser.open(site / "6x.html", width=360)
    assert browser.js("document.querySelector('.contents details').open") is False
    browser.press("Tab")
    assert browser.js("document.activeElement.className") == "skip"
    browser.press("Enter")
    reached = browser.js(
        "new Promise(done => { let looks = 6000; const look = () => {"
        " const { id } = document.activeElement;"
        " id === 'main' || !--looks ? done(id) : setTimeout(look, 10); }; look(); })"
    )
    assert reached == "main"


def test_the_pages_file_names_are_those_tested(site):
    assert pages.FRONT in PAGES and set(pages.STATIC) <= {path.name for path in site.iterdir()}
