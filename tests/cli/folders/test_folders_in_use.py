"""Does every race get a folder of its own, and is nothing that was there ever lost?"""

import contextlib
import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import filelock
import numpy as np
import pytest

import minnet as mn
from minnet.cli import folders
from minnet.cli.folders import LOCK, MARK, claimed, in_use

ROOT = Path(mn.__file__).parents[1]

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
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
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


IN_USE = (
    r"^mine is in use by another race \(process {}\); wait until it ends or name another folder"
)


def test_two_races_do_not_share_a_folder():
    """Two in this process, and one against another process that lives."""
    with claimed("mine"):
        refused(IN_USE.format(os.getpid()) + " with --output$", "mine")
        assert everything() == ["mine", f"mine/{MARK}", f"mine/{LOCK}"]
    Path("mine").mkdir()
    code = (
        "from pathlib import Path; from minnet.cli.folders import in_use\n"
        "with in_use(Path('mine')):\n"
        "    print('mine', flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as other:  # fmt: skip
        assert other.stdout.readline() == b"mine\n"
        refused(IN_USE.format(other.pid), "mine")
        with pytest.raises(ValueError, match="in use"), in_use(Path("mine")):
            pytest.fail("it was locked")
        assert Path("mine", MARK).read_text() == str(other.pid)
        other.communicate(b"\n")
    assert everything() == ["mine"]
    with claimed("mine"):  # it has ended
        assert Path("mine", MARK).read_text() == str(os.getpid())
    assert everything() == ["mine"]


@pytest.mark.parametrize("lock", [True, False])
@pytest.mark.parametrize("owner", ["", "nobody", "-1", "4194304000", "9" * 5000, os.getppid()])
def test_what_a_dead_owner_left_keeps_nobody_out(owner, lock):
    """Not even if another process has its number by now."""
    Path("mine").mkdir()
    Path("mine", MARK).write_text(str(owner))
    if lock:
        Path("mine", LOCK).touch()
    with claimed("mine"):
        assert Path("mine", MARK).read_text() == str(os.getpid())
        refused(IN_USE.format(os.getpid()), "mine")
    assert everything() == ["mine"]


def test_an_owner_that_cannot_be_named():
    with claimed("mine"):
        for number in ("", "nobody", "9" * 5000):
            Path("mine", MARK).write_text(number)
            refused(r"^mine is in use by another race; wait until it ends", "mine")
        Path("mine", MARK).unlink()
        refused(r"^mine is in use by another race; wait until it ends", "mine")
    assert everything() == []


def test_the_lock_of_another_user(monkeypatch):
    """It cannot be opened. As root one may open any file, so the refusal is played."""

    def denied(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self.lock_file))

    monkeypatch.setattr(filelock.FileLock, "acquire", denied)
    refused(r"^cannot write to mine \(Permission denied\); name another folder with --out", "mine")
    assert everything() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the program forks")
def test_four_processes_never_share_a_folder_even_if_some_are_killed():
    Path("mine").mkdir()
    program = Path(__file__).with_name("owners.py")
    workers = [
        subprocess.Popen(
            [sys.executable, program, "mine", "log", "100"],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        for _ in range(4)
    ]
    assert [worker.wait() for worker in workers] == [0] * 4
    lines = Path("log").read_text().split()
    owners = [line for line in lines if line != "?"]
    for begin, end in zip(owners[::2], owners[1::2], strict=True):
        assert (begin[0], end) == ("+", f"-{begin[1:]}"), "two owners at a time"
    assert len(owners) + lines.count("?") >= 400 and len(owners) > 100
    with claimed("mine"):  # though the last one may have been killed
        pass
    assert everything() == ["log", "mine"]


def test_a_race_that_ends_while_another_one_begins_loses_nothing(monkeypatch):
    """The folder was empty when the second one looked first."""

    @contextlib.contextmanager
    def late(folder):
        (folder / "race.csv").write_text("of the first")
        with in_use(folder):
            yield

    monkeypatch.setattr(folders, "in_use", late)
    refused(r"^--output mine holds an earlier race \(race.csv\)", "mine")
    assert everything() == ["mine", "mine/race.csv"]


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


@pytest.mark.skipif(not filelock.has_fcntl, reason="flock is missing here anyway")
def test_a_file_system_without_locks(monkeypatch):
    """As on some network drives and mounts: a file that is there is the lock."""
    if tuple(map(int, filelock.__version__.split(".")[:2])) < (4, 3):
        pytest.skip(f"filelock {filelock.__version__} may remove another's file: seen in 4.0.0")
    import fcntl

    def flock(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.warns(UserWarning, match="flock not supported"), claimed("mine"):
        refused("^mine is in use by another race", "mine")
    assert everything() == []


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
        assert sorted(os.listdir(folder)) == sorted([MARK, LOCK, *names])
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
