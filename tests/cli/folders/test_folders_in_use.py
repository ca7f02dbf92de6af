"""Two races never share a folder, even if some processes are killed, and nothing is lost."""

import contextlib
import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import filelock
import pytest
from claimed_folders import ROOT, everything, refused

from minnet.cli import folders
from minnet.cli.folders import LOCK, MARK, claimed, in_use

pytestmark = pytest.mark.usefixtures("here")


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
@pytest.mark.parametrize(
    "owner", ["", "nobody", "-1", "4194304000", "9" * 5000, os.getppid()],
    ids=["nothing", "a word", "negative", "too large", "endless", "alive"],
)  # fmt: skip
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


@pytest.mark.slow
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
