"""Checkpoints on the command line: `--checkpoint-every` and `--resume`."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from checkpoint_races import assert_same, no_space, small_race

import minnet as mn
from minnet import archive
from minnet.cli import main as cli
from minnet.racing import checkpoint
from minnet.racing.checkpoint import Checkpoint

WORDS = [
    "race", "--data", "xor", "--hidden", "4", "--batch-size", "100", "--epochs", "4",
    "--optimizers", "sgd(lr=automatic(2)), rprop, rmsprop(lr=cosine(0.1))",
]  # fmt: skip


def cut_off(monkeypatch, words, saves, error=SystemExit):
    """Run `minnet` until its so many-th checkpoint, after which `error` ends it."""
    save, saved = Checkpoint.save, []

    def save_and_die(self, state):
        save(self, state)
        saved.append(state.step)
        if len(saved) == saves:
            raise error

    with monkeypatch.context() as mortal:
        mortal.setattr(Checkpoint, "save", save_and_die)
        if error is KeyboardInterrupt:
            assert cli.main(words) == cli.INTERRUPTED
        else:
            with pytest.raises(error):
                cli.main(words)


def without_seconds(path):
    report = json.loads(path.read_text())
    del report["seconds"], report["info"]["seconds"]
    return report


@pytest.mark.slow
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize("saves", [1, 3, 6])
def test_resume_on_the_command_line(here, monkeypatch, capsys, saves, error):
    words = [*WORDS, "--checkpoint-every", "5", "--weights"]
    assert cli.main([*words, "--output", "whole"]) == 0
    cut_off(monkeypatch, [*words, "--output", "cut"], saves, error)
    there = sorted(os.listdir("cut"))
    assert there == (
        ["checkpoint.npz"]
        if error is SystemExit
        else ["checkpoint.npz", "race.csv", "race.json", "race.npz", "race.png"]
    )
    capsys.readouterr()
    assert cli.main(["race", "--resume", "cut"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "wrote cut/race.png, cut/race.csv, cut/race.json, cut/race.npz"
    assert without_seconds(here / "cut/race.json") == without_seconds(here / "whole/race.json")
    assert (here / "cut/race.csv").read_bytes() == (here / "whole/race.csv").read_bytes()
    assert_same(mn.Report.load("cut/race.npz"), mn.Report.load("whole/race.npz"))


def test_checkpoints_on_the_command_line_change_nothing(here):
    assert cli.main([*WORDS, "--output", "with", "--checkpoint-every", "3"]) == 0
    assert cli.main([*WORDS, "--output", "without"]) == 0
    assert not (here / "without/checkpoint.npz").exists()
    assert without_seconds(here / "with/race.json") == without_seconds(here / "without/race.json")


def test_a_finished_race_may_be_resumed(here):
    assert cli.main([*WORDS, "--output", "done", "--checkpoint-every", "100"]) == 0
    before = without_seconds(here / "done/race.json")
    assert cli.main(["race", "--resume", "done"]) == 0
    assert without_seconds(here / "done/race.json") == before


@pytest.mark.slow
def test_other_words_are_those_of_the_race(here, monkeypatch, capsys):
    """Stopping, own rules and --json are found again; what stands beside --resume is ignored."""
    (here / "mine.py").write_text("def mine(w, g, lr=0.1):\n    return w - lr * g\n")
    words = [
        *WORDS[:-1], "mine(0.5), sgd(0.5)", "--rules", "mine.py", "--stop", "patience(1)",
        "--json", "--checkpoint-every", "5",
    ]  # fmt: skip
    assert cli.main([*words, "--output", "whole"]) == 0
    whole = json.loads(capsys.readouterr().out)
    cut_off(monkeypatch, [*words, "--output", "cut"], 2)
    capsys.readouterr()
    assert cli.main(["race", "--epochs", "9", "--resume", "cut", "--output", "elsewhere"]) == 0
    captured = capsys.readouterr()
    resumed = json.loads(captured.out)
    for report in (whole, resumed):
        del report["seconds"], report["info"]["seconds"]
    assert resumed == whole and "\nwrote cut/race.png" in f"\n{captured.err}"
    assert not (here / "elsewhere").exists()


def assert_one_line(capsys, words, status, message):
    capsys.readouterr()
    assert cli.main(words) == status
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and captured.err.startswith("minnet: ")
    assert message in captured.err and not captured.out


def test_folders_that_cannot_be_resumed(here, monkeypatch, capsys):
    resume = ["race", "--resume", "cut"]
    assert_one_line(capsys, resume, 2, "there is no checkpoint 'cut/checkpoint.npz'")
    (here / "cut").mkdir()
    assert_one_line(capsys, resume, 2, "there is no checkpoint 'cut/checkpoint.npz'")
    assert os.listdir("cut") == []
    (here / "cut/checkpoint.npz").write_text("all of my thesis")
    assert_one_line(capsys, resume, 2, "'cut/checkpoint.npz' is not a usable checkpoint: ")
    small_race().save("cut/checkpoint.npz")
    assert_one_line(capsys, resume, 2, "its format is 'minnet report 1'")
    assert os.listdir("cut") == ["checkpoint.npz"]


def test_data_that_changed_in_between(here, monkeypatch, capsys):
    np.savetxt("my.csv", np.c_[np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2])
    text = Path("my.csv").read_text().replace(" ", ",")
    Path("my.csv").write_text(text)
    words = ["race", "--data", "my.csv", "--hidden", "none", "--batch-size", "8", "--epochs", "2"]
    cut_off(monkeypatch, [*words, "--checkpoint-every", "2", "--output", "cut"], 2)
    Path("my.csv").write_text(text.replace("e-01", "e+00"))
    assert_one_line(capsys, ["race", "--resume", "cut"], 2, "is of another race: its data is")


@pytest.mark.parametrize("every", ["0", "-5"])
def test_checkpoints_every_nothing(here, capsys, every):
    message = f"--checkpoint-every must be a whole number at least 1, got {every}"
    assert_one_line(capsys, [*WORDS, "--checkpoint-every", every], 2, message)
    assert not list(here.iterdir())


def test_a_full_disk_on_the_command_line(here, monkeypatch, capsys, caplog):
    """No checkpoint, no file, but one line and the table."""
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        assert cli.main([*WORDS, "--checkpoint-every", "16"]) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1] == "minnet: [Errno 28] No space left on device"
    assert "rprop(step=0.1)" in captured.out and "wrote" not in captured.out
    assert len(caplog.messages) == 2 and not list(here.iterdir())


def test_a_checkpoint_of_the_library_on_the_command_line(here, capsys):
    words = "checkpoint.npz was not saved by `minnet race`: resume it in Python"
    small_race(checkpoint="checkpoint.npz")
    assert_one_line(capsys, ["race", "--resume", "."], 2, words)
    archive.write(Path("checkpoint.npz"), {"format": checkpoint.FORMAT}, {})
    assert_one_line(capsys, ["race", "--resume", "."], 2, words)
