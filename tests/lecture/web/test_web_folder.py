"""The site's folder, in which no file of others is overwritten, and the command that builds it."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("jupytext")
pytest.importorskip("math_core")
from minnet.lecture import command, parts, web
from minnet.lecture.web import place

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
    with pytest.raises(ValueError, match=r"needs no_such_library.*: pip install .*\[web\]\"$"):
        web.build([], tmp_path / "site")


@pytest.mark.parametrize(("words", "ids"), [([], list(parts.PARTS)), (["6e"], ["6e"])])
def test_without_a_part_all_are_shown(monkeypatch, capsys, words, ids):
    told = []
    monkeypatch.setattr(web, "build", lambda *given, quick: told.append((*given, quick)) or "x")
    options = SimpleNamespace(parts=words, html="there", quick=True)
    assert command.run(options) == 0 and capsys.readouterr().out == "wrote x\n"
    ((chosen, folder, quick),) = told
    assert [part.id for part in chosen] == ids and folder == Path("there") and quick
