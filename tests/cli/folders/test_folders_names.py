"""Does every race get a folder of its own, with a number or with a name?"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from claimed_folders import ROOT, everything, refused

from minnet.cli.folders import MARK, claimed

pytestmark = pytest.mark.usefixtures("here")


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
