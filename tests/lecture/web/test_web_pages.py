"""Do the pages stand on their own: no network, no dead link, no picture without words?"""

import itertools
import json
import re
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

pytest.importorskip("jupytext")
pytest.importorskip("math_core")
import nbformat
from tiny_site import CLAIMS, FIRST, PAGES, SECOND, VERDICTS, built

from minnet.lecture import parts, session, statements
from minnet.lecture.parts import Script
from minnet.lecture.web import errata, performance, place, typeset


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


@pytest.mark.slow
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
