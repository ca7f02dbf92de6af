"""Does every race get a folder of its own, and is nothing that was there ever lost?"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import minnet as mn
from minnet.cli import folders
from minnet.cli.folders import MARK, claimed, in_use

pytestmark = pytest.mark.usefixtures("here")


def everything(folder=".") -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*"))


def refused(words, wanted):
    with pytest.raises(ValueError, match=words) as refusal, claimed(wanted):
        pytest.fail("it was claimed")
    assert "\n" not in str(refusal.value)


# ---------------------------------------------------------------------------- numbered folders


def test_numbered_folders():
    for number in (1, 2, 3):
        with claimed(None) as folder:
            assert folder == Path(f"race-{number}") and folder.is_dir()
            (folder / "race.csv").write_text("")
    assert everything() == [
        "race-1", "race-1/race.csv", "race-2", "race-2/race.csv", "race-3", "race-3/race.csv"
    ]  # fmt: skip


def test_what_has_a_number_already_keeps_it():
    Path("race-1").mkdir()
    Path("race-2").write_text("a file")
    Path("race-4").mkdir()
    with claimed(None) as folder:
        assert folder == Path("race-3")
    assert everything() == ["race-1", "race-2", "race-4"]


def test_many_that_claim_at_once_get_a_number_each():
    begin, found = threading.Barrier(8), []

    def claim():
        begin.wait()
        with claimed(None) as folder:
            (folder / "race.csv").write_text("")
            found.append(folder.name)

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"race-{number}" for number in range(1, 9)]


def test_many_processes_that_claim_at_once_get_a_number_each():
    code = (
        "import sys; from minnet.cli.folders import claimed\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with claimed(None) as folder:\n"
        "    (folder / 'race.csv').write_text('')\n"
        "    print(folder)\n"
    )
    root = Path(mn.__file__).parents[1]
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(root)},
        )
        for _ in range(3)
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    found = sorted(racer.communicate()[0].strip() for racer in racers)
    assert found == ["race-1", "race-2", "race-3"]


def test_a_working_folder_that_cannot_be_written(monkeypatch):
    """As root one may write anywhere, so the refusal is played."""

    def denied(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", denied)
    refused(r"^cannot write to .* \(Permission denied\); name another folder with --output$", None)


# ---------------------------------------------------------------------------- named folders


@pytest.mark.parametrize("wanted", ["new", "new/inner", "./new", "new/"])
def test_a_new_folder(wanted):
    with claimed(wanted) as folder:
        assert folder == Path(wanted) and folder.is_dir()
        (folder / "race.csv").write_text("1")
    assert (Path(wanted) / "race.csv").read_text() == "1"
    assert not (Path(wanted) / MARK).exists()


def test_an_absolute_path(here):
    with claimed(str(here / "new")) as folder:
        (folder / "race.csv").write_text("")
    assert everything() == ["new", "new/race.csv"]


def test_an_empty_folder_is_taken_and_kept():
    Path("mine").mkdir()
    with claimed("mine") as folder:
        assert folder == Path("mine")
    assert everything() == ["mine"]


@pytest.mark.parametrize("wanted", [None, "new"])
def test_a_folder_that_was_made_in_vain_is_removed(wanted):
    with claimed(wanted):
        pass
    assert everything() == []
    with pytest.raises(ZeroDivisionError), claimed(wanted):
        raise ZeroDivisionError
    assert everything() == []
    with pytest.raises(ZeroDivisionError), claimed(wanted) as folder:
        assert 1 / (folder / "race.csv").write_text("")  # an empty file
    assert everything() == [folder.name, f"{folder.name}/race.csv"]


def test_all_folders_that_were_made_in_vain_are_removed():
    with claimed("a/b/c"):
        pass
    assert everything() == []
    Path("a").mkdir()
    with claimed("a/b/c"):
        pass
    assert everything() == ["a"]  # that is the user's


def test_errors_of_the_race_are_not_those_of_the_folder():
    with pytest.raises(OSError, match="mine"), claimed("new"):
        raise OSError(28, "mine")


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (["race.csv"], r"an earlier race \(race.csv\)"),
        (["race.png", "race.csv", "race.json"], r"an earlier race \(race.csv, race.json, race.png"),
        (["race.json", "checkpoint.npz"], r"an earlier race \(checkpoint.npz, race.json\)"),
        (["thesis.txt"], r"other files \(thesis.txt\)"),
        (["race.csv", "thesis.txt"], r"other files \(race.csv, thesis.txt\)"),
        (["a", "b", "c", "d"], r"other files \(a, b, c, ...\)"),
        ([".hidden"], r"other files \(.hidden\)"),
    ],
)
def test_nothing_is_overwritten(names, what):
    Path("kept").mkdir()
    for name in names:
        (Path("kept") / name).write_text(name)
    refused(rf"^--output kept holds {what}.*; name a new folder or leave --output out$", "kept")
    assert everything("kept") == sorted(names)
    assert all((Path("kept") / name).read_text() == name for name in names)


def test_a_file_in_its_place():
    Path("file").write_text("all of my thesis")
    words = r"^cannot write to file \(File exists\); name another folder with --output$"
    refused(words, "file")
    refused(r"^cannot write to file/inner \(Not a directory\)", "file/inner")
    assert everything() == ["file"] and Path("file").read_text() == "all of my thesis"


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_cannot_be_written(monkeypatch, there):
    """Refused before the race, and left as it was."""
    if there:
        Path("mine").mkdir()

    def denied(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", denied)
    refused(r"^cannot write to mine \(Permission denied\)", "mine")
    assert everything() == ["mine"] * there


# ---------------------------------------------------------------------------- in use


def test_a_folder_is_marked_for_as_long_as_it_is_in_use():
    Path("mine").mkdir()
    with in_use(Path("mine")):
        assert Path("mine", MARK).read_text() == str(os.getpid())
    assert everything() == ["mine"]
    with pytest.raises(ZeroDivisionError), in_use(Path("mine")):
        raise ZeroDivisionError
    assert everything() == ["mine"]


def test_two_races_do_not_share_a_folder():
    """Two in this process, and one against another process that lives."""
    with claimed("mine"):
        refused(rf"^mine is in use by another race \(process {os.getpid()}\)$", "mine")
        assert everything() == ["mine", f"mine/{MARK}"]
    Path("mine").mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        Path("mine", MARK).write_text(str(other.pid))
        refused(rf"^mine is in use by another race \(process {other.pid}\)$", "mine")
        with pytest.raises(ValueError, match="in use"), in_use(Path("mine")):
            pytest.fail("it was marked")
        other.communicate(b"\n")
    assert Path("mine", MARK).read_text() == str(other.pid)
    with claimed("mine"):  # it has ended
        assert Path("mine", MARK).read_text() == str(os.getpid())
    assert everything() == ["mine"]


@pytest.mark.parametrize("owner", ["", "nobody", "-1", "4194304000"])
def test_a_mark_of_nobody_is_replaced(owner, monkeypatch):
    def kill(process, number):
        raise ProcessLookupError

    monkeypatch.setattr(os, "kill", kill)
    Path("mine").mkdir()
    Path("mine", MARK).write_text(owner)
    with claimed("mine"):
        assert Path("mine", MARK).read_text() == str(os.getpid())
    assert everything() == ["mine"]


def test_a_damaged_mark_is_replaced():
    Path("mine").mkdir()
    Path("mine", MARK).write_text("9" * 30)
    with claimed("mine"):
        pass


def test_a_process_of_another_user_lives(monkeypatch):
    def kill(process, number):
        assert (process, number) == (12345678, 0)
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    Path("mine").mkdir()
    Path("mine", MARK).write_text("12345678")
    refused("is in use by another race", "mine")


def test_a_dead_process_may_have_had_our_number():
    """In a container the race is process 1, or 7, every time: it could never be resumed."""
    Path("mine").mkdir()
    Path("mine", MARK).write_text(str(os.getpid()))  # no race of this process is there
    with claimed("mine"):
        pass


def test_two_that_claim_at_once_do_not_both_get_it(monkeypatch):
    """The first one is held on the way, where it asks for the number to write."""
    getpid, first, second = os.getpid, threading.Event(), threading.Event()
    main, found = threading.current_thread(), []

    def slow():
        if threading.current_thread() is not main and not first.is_set():
            first.set()
            second.wait(300)
        return getpid()

    def claim():
        try:
            with claimed("mine"):
                found.append("first")
        except ValueError:
            pass

    monkeypatch.setattr(os, "getpid", slow)
    thread = threading.Thread(target=claim)
    thread.start()
    first.wait(300)
    try:
        with claimed("mine"):
            found.append("second")
            second.set()
            thread.join()
    except ValueError:
        pass
    finally:
        second.set()
        thread.join()
    assert len(found) == 1


def test_a_file_system_without_hard_links(monkeypatch):
    """As on a memory stick (FAT), and on some network drives and mounts."""

    def link(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    with claimed("mine") as folder:
        (folder / "race.csv").write_text("")
    assert everything() == ["mine", "mine/race.csv"]


def test_a_full_disk_leaves_no_mark(monkeypatch):
    write = Path.write_text

    def full(self, text, *_, **__):
        write(self, "")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    refused(r"^cannot write to mine \(No space left on device\)", "mine")
    assert everything() == []


# ---------------------------------------------------------------------------- what is written


@pytest.fixture(scope="module")
def report():
    x = np.random.default_rng(5).normal(size=(20, 2))
    data = mn.from_arrays(x, np.arange(20) % 2, name="points")
    return mn.race(mn.MLP([2, 2]), data, "sgd, rprop", batch_size=5, epochs=2)


@pytest.mark.parametrize("weights", [True, False])
def test_the_files_of_a_race(report, weights):
    with claimed(None) as folder:
        folders.write(folder, report, weights=weights, log=True)
        names = ["race.png", "race.csv", "race.json", *["race.npz"] * weights]
        assert sorted(os.listdir(folder)) == sorted([MARK, *names])
        assert folders.listing(folder) == ", ".join(f"race-1/{name}" for name in names)
    assert Path("race-1/race.png").read_bytes().startswith(b"\x89PNG")
    if weights:
        assert mn.Report.load("race-1/race.npz").labels == report.labels


def test_a_figure_that_cannot_be_drawn_costs_the_figure(report, monkeypatch):
    def fail(self, path=None, **options):
        assert options == {"log": False}
        raise RuntimeError("no ink")

    monkeypatch.setattr(mn.Report, "plot", fail)
    with pytest.raises(RuntimeError, match="no ink"), claimed(None) as folder:
        folders.write(folder, report, weights=True, log=False)
    assert folders.listing(Path("race-1")) == "race-1/race.csv, race-1/race.json, race-1/race.npz"


def test_nothing_is_listed_that_is_not_there():
    Path("empty").mkdir()
    assert folders.listing(Path("empty")) == ""
    Path("empty/race.json").write_text("")
    Path("empty/other.json").write_text("")
    assert folders.listing(Path("empty")) == "empty/race.json"
