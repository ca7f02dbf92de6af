"""Downloads from a server on this machine: whole, cut, wrong, in vain; never a half file."""

import functools
import hashlib
import re
import socket
import sys
import threading
import types
from dataclasses import replace
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from webserver import FILES, HALF, IMAGES, Answer, only

from minnet.data import describe_sets, download, load
from minnet.data.published import PUBLISHED
from minnet.data.sets import sets_table
from minnet.install import advice

pooch = pytest.importorskip("pooch")
TRIES = 1 + download.RETRIES


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server on this machine, and "mnist" replaced by four small files that it has."""
    sums = {file: hashlib.sha256(content).hexdigest() for file, content in FILES.items()}
    monkeypatch.setitem(PUBLISHED, "mnist", replace(PUBLISHED["mnist"], sha256=sums))
    monkeypatch.setenv("MINNET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("pooch.core.time", types.SimpleNamespace(sleep=lambda seconds: None))
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        server.manner, server.asked, server.released = "well", [], threading.Event()
        server.address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setenv("MINNET_MIRROR", server.address)
        serve = functools.partial(server.serve_forever, poll_interval=0.01)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join(120)


@pytest.fixture
def folder(server, tmp_path):
    return tmp_path / "data" / "mnist"


def refused(message):
    """Expect one line of DownloadError."""
    return pytest.raises(download.DownloadError, match=rf"^{message}[^\n]*$")


def held(folder):
    return sorted(path.name for path in folder.iterdir())


def test_download_then_load(server, folder):
    with pytest.raises(
        FileNotFoundError, match=r"^mnist must be downloaded once \(12 MB\): run `minnet data mni"
    ):
        load("mnist")
    assert server.asked == []  # load downloads nothing
    assert download.fetch("mnist") == folder
    assert held(folder) == sorted(FILES)
    assert server.asked == list(FILES)
    data = load("mnist")
    assert data.name == "mnist" and data.classes == tuple("0123456789")
    assert [len(p) for p in (data.train, data.validation, data.test)] == [10, 2, 4]
    assert "LeCun" in data.source and "CC BY-SA" in data.source
    assert load("mnist", validation=0.5).validation.t.shape == (6, 10)
    with pytest.raises(ValueError, match="test must be left out for 'mnist', which takes valid"):
        load("mnist", test=0.1)


def test_second_time_asks_nothing(server, folder):
    download.fetch("mnist")
    server.asked.clear()
    download.fetch("mnist")
    assert server.asked == []
    (folder / IMAGES).write_bytes(b"damaged")
    download.fetch("mnist")
    assert server.asked == [IMAGES]
    assert (folder / IMAGES).read_bytes() == FILES[IMAGES]


def test_a_cut_connection_is_tried_again(server, folder):
    server.manner = "cut once"
    download.fetch("mnist")
    assert server.asked == [IMAGES, *FILES]
    assert held(folder) == sorted(FILES) and (folder / IMAGES).read_bytes() == FILES[IMAGES]


def test_a_cut_file_is_never_taken_for_a_whole_one(server, folder):
    """Not even where the server does not say how long the file is."""
    for manner, said in (("cut", "broke off"), ("cut, no length", "must have sha256")):
        server.manner = manner
        server.asked.clear()
        with refused(re.escape(f"{server.address}mnist/{IMAGES} {said} ")):
            download.fetch("mnist")
        assert server.asked == [IMAGES] * TRIES and held(folder) == []
    server.manner = "well"
    download.fetch("mnist")
    assert held(folder) == sorted(FILES) and (folder / IMAGES).read_bytes() == FILES[IMAGES]


@pytest.mark.parametrize("place", [IMAGES, f"{IMAGES}.part", "tmpk1ll3d"])
@pytest.mark.parametrize("content", [FILES[IMAGES][:HALF], FILES[IMAGES] * 2, b"?" * HALF, b""])
@pytest.mark.parametrize("manner", ["well", "no length"])
def test_whatever_an_earlier_attempt_left(server, folder, manner, place, content):
    folder.mkdir(parents=True)
    (folder / place).write_bytes(content)
    server.manner = manner
    download.fetch("mnist")
    assert set(held(folder)) == {*FILES, place}
    assert all((folder / file).read_bytes() == FILES[file] for file in FILES)
    assert len(load("mnist").train) == 10


def test_all_may_read_what_one_has_downloaded(server, folder):
    download.fetch("mnist")
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}


@pytest.mark.parametrize(
    ("manner", "message"),
    [
        ("missing", "was answered 404 Not Found"),
        ("elsewhere", r"must have sha256 \w{12}\.\.\., got another file "),
        (
            "page",
            r"must have .*, got another file \(is there a log-in page in between\?\); nothing",
        ),
    ],
)
def test_wrong_answers_leave_nothing(server, folder, manner, message):
    server.manner = manner
    with refused(re.escape(f"{server.address}mnist/{IMAGES} ") + message):
        download.fetch("mnist")
    assert held(folder) == []
    with pytest.raises(FileNotFoundError, match="mnist must be downloaded once"):
        load("mnist")


@pytest.mark.slow
def test_silence(server, folder, monkeypatch):
    monkeypatch.setattr(download, "PATIENCE", 2.0)  # the server's first half comes sooner than that
    server.manner = "stall"
    with refused(r"127.0.0.1:\d+ cannot be reached \(timed out\)"):
        download.fetch("mnist")
    assert held(folder) == []


def test_reset(server, folder):
    server.manner = "reset"
    with refused(rf".*{IMAGES} broke off \(.*\); try again$"):
        download.fetch("mnist")
    assert held(folder) == []


def test_no_network(server, folder):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, but nobody listens
        port = unused.getsockname()[1]
        with refused(rf"127.0.0.1:{port} cannot be reached \(Connection refused\)"):
            download.fetch("mnist", mirror=f"http://127.0.0.1:{port}")
    assert held(folder) == []


def test_silence_from_the_start(folder, server, monkeypatch):
    monkeypatch.setattr(download, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with refused(rf"127.0.0.1:{port} cannot be reached \(timed out\)"):
            download.fetch("mnist", mirror=f"http://127.0.0.1:{port}")


def test_second_mirror_helps_and_all_are_named(server, folder, monkeypatch):
    monkeypatch.delenv("MINNET_MIRROR")
    good, bad = f"{server.address}mnist/", f"{server.address}nothing/mnist/"
    monkeypatch.setitem(PUBLISHED, "mnist", replace(PUBLISHED["mnist"], mirrors=(bad, good)))
    monkeypatch.setattr(Answer, "do_GET", only(good, Answer.do_GET))
    download.fetch("mnist")
    assert held(folder) == sorted(FILES)
    (folder / IMAGES).unlink()
    monkeypatch.setitem(PUBLISHED, "mnist", replace(PUBLISHED["mnist"], mirrors=(bad, bad + "x/")))
    with refused(rf"{bad}{IMAGES} was answered 404 Not Found; {bad}x/{IMAGES} was answered 404"):
        download.fetch("mnist")


def test_folder_that_cannot_be_written_to(server, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with refused(r".*mnist must be a folder that can be written to: "):
        download.fetch("mnist")


def test_without_pooch(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with refused(f"a download needs pooch, which is not installed: {re.escape(advice('data'))}"):
        download.fetch("mnist")


def test_wrong_names_and_mirrors(server):
    with pytest.raises(ValueError, match=r"unknown data set to download 'mnst' \(did you mean 'mn"):
        download.fetch("mnst")
    with pytest.raises(ValueError, match="a mirror must begin with http:// or https://, got 'ftp"):
        download.fetch("mnist", mirror="ftp://127.0.0.1")


def test_progress_shows_bars(server, capsys):
    download.fetch("mnist", progress=True)
    shown = capsys.readouterr().err
    assert all(file in shown for file in FILES) and "100%" in shown


def test_the_list_says_what_is_there(server):
    sets = {s.name: s for s in describe_sets()}
    assert sets["mnist"].status == "minnet data mnist (12 MB)"
    for name in ("digits", "moons", "redundant"):
        data = load(name)
        parts = data.train, data.validation, data.test
        assert sets[name].cases == tuple(len(part) for part in parts)
        assert (sets[name].inputs, sets[name].classes) == (data.n_inputs, data.n_outputs)
    download.fetch("mnist")
    assert {s.name: s for s in describe_sets()}["mnist"].status == "here"
    table = sets_table()
    assert re.search(r"^mnist +50000 \+ 10000 \+ 10000 +784 +10 +here$", table, re.MULTILINE)
    assert "licence: MIT" in table and "licence: CC BY 4.0" in table


def test_checksums_are_of_four_files_each():
    readme = (Path(__file__).parents[2] / "datasets" / "README.md").read_text()
    for published in PUBLISHED.values():
        assert [*published.sha256] == [*FILES]
        assert all(name in readme for name in (*published.sha256.values(), *published.classes))
        assert all(re.fullmatch("[0-9a-f]{64}", sha256) for sha256 in published.sha256.values())
        assert all(mirror.endswith("/") for mirror in published.mirrors)
        assert len(published.classes) == 10
