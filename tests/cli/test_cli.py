"""The command line as a user meets it: files, one line for each mistake, exit statuses."""

import csv
import inspect
import json
import signal
import threading

import numba
import numpy as np
import pytest
from new_python import printed
from small_races import heavy

from minnet.cli import folders, main as cli
from minnet.racing import loop

QUICK = ["race", "--data", "xor", "--hidden", "4", "--epochs", "2", "--batch-size", "100"]


def test_race_writes_its_files_and_names_them_last(here, capsys):
    assert cli.main([*QUICK, "--optimizers", "sgd(0.5), rprop"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "wrote race-1/race.png, race-1/race.csv, race-1/race.json"
    assert out[2].startswith("sgd(lr=0.5)") and out[3].startswith("rprop(step=0.1)")
    assert (here / "race-1/race.png").read_bytes().startswith(b"\x89PNG")
    with (here / "race-1/race.csv").open() as file:
        rows = list(csv.DictReader(file))
    report = json.loads((here / "race-1/race.json").read_text())
    assert len(rows) == 2 * 17 and np.size(report["losses"]) == 2 * 16
    assert rows[0]["batch_loss"] == "" and rows[0]["step"] == rows[0]["epoch"] == "0"
    assert float(rows[1]["batch_loss"]) == report["losses"][0][0]


def test_the_next_race_gets_the_next_folder(here):
    for _ in range(2):
        assert cli.main(QUICK) == 0
    assert sorted(path.name for path in here.iterdir()) == ["race-1", "race-2"]


def test_an_earlier_race_is_never_overwritten(here, capsys):
    assert cli.main([*QUICK, "--output", "kept"]) == 0
    before = (here / "kept/race.json").read_bytes()
    assert cli.main([*QUICK, "--output", "kept", "--seed", "1"]) == 2
    error = capsys.readouterr().err
    assert "--output kept holds an earlier race (race.csv, race.json, race.png)" in error
    assert (here / "kept/race.json").read_bytes() == before


def test_a_folder_with_other_files_is_left_alone(here, capsys):
    (here / "mine").mkdir()
    (here / "mine/thesis.txt").write_text("all of it")
    assert cli.main([*QUICK, "--output", "mine"]) == 2
    assert "holds other files (thesis.txt)" in capsys.readouterr().err
    assert [path.name for path in (here / "mine").iterdir()] == ["thesis.txt"]


def test_an_output_that_cannot_be_written(here, capsys):
    (here / "file").write_text("")
    assert cli.main([*QUICK, "--output", "file/folder"]) == 2
    error = capsys.readouterr().err
    assert "cannot write to file/folder" in error and "--output" in error


def test_bad_input_leaves_no_folder_behind_but_keeps_the_users_own(here, capsys):
    (here / "empty").mkdir()
    for output in ([], ["--output", "new"], ["--output", "empty"]):
        assert cli.main([*QUICK, "--epochs", "0", *output]) == 2
    assert [path.name for path in here.iterdir()] == ["empty"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--optimizers", "sdg"], "unknown optimizer 'sdg' (did you mean 'sgd'?)"),
        (["--optimizers", "sgd(lr=-1)"], "sgd: lr must be greater than 0, got -1"),
        (["--data", "digtis"], "did you mean 'digits'?"),
        (["--batch-size", "4000"], "between 1 and 800 (cases in training part), got 4000"),
        (["--unit", "tahn"], "unknown hidden unit 'tahn' (did you mean 'tanh'?)"),
        (["--unit", "tanh,relu"], "hidden names 2 layers, but sizes have 1 hidden ones"),
        (["--hidden", "a"], "--hidden must be whole numbers like 128,64 or none, got 'a'"),
        (["--init", "normal:x"], "--init must end in a number like normal:0.1, got 'x'"),
        (["--init", "lecum"], "init must be 'lecun'"),
        (["--dtype", "float16"], "dtype must be float32 or float64"),
        (["--threads", "0"], "threads must be a whole number at least 1, got 0"),
        (["--order", "random"], "unknown order 'random'"),
        (["--rules", "none.py"], "--rules none.py: there is no such file"),
        (["--l2", "-1"], "l2 must be a finite number, at least 0, got -1.0"),
        (["--data", "none.csv"], "none.csv"),
    ],
)
def test_a_mistake_gets_one_line_and_status_2(here, capsys, words, message):
    assert cli.main([*QUICK, *words]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1 and captured.err.startswith("minnet: ")
    assert not list(here.iterdir())


def test_json_is_the_report_and_nothing_else(here, capsys):
    assert cli.main([*QUICK, "--json", "--optimizers", "sgd(lr=1e38), rprop"]) == 0
    captured = capsys.readouterr()

    def fail(constant):
        raise AssertionError(f"{constant} is not JSON")

    report = json.loads(captured.out, parse_constant=fail)
    assert report["labels"][0] == "sgd(lr=1e+38)"
    assert report["info"]["plan_hash"] and report["info"]["start_hash"]
    assert captured.err.startswith("wrote race-1/")


def test_weights_are_saved_on_request(here):
    assert cli.main([*QUICK, "--weights", "--output", "w"]) == 0
    with np.load(here / "w/race.npz", allow_pickle=False) as archive:
        assert archive["weights"].shape == (4, 22)


def test_own_rules_race_beside_the_built_in_ones(here, capsys):
    (here / "mine.py").write_text(inspect.getsource(heavy) + "def other(x):\n    return x\n")
    words = ["--rules", "mine.py", "--optimizers", "momentum(lr=0.2), heavy(lr=0.2)", "--json"]
    assert cli.main([*QUICK, *words]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["labels"][1] == "heavy(lr=0.2, momentum=0.9)"
    assert report["losses"][0] == report["losses"][1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def f(x):\n    return x\n", "no function there takes w, g"),
        ("def f(:\n", "SyntaxError"),
        ("1 / 0\n", "ZeroDivisionError"),
    ],
)
def test_a_rules_file_without_rules(here, capsys, text, message):
    (here / "mine.py").write_text(text)
    assert cli.main([*QUICK, "--rules", "mine.py"]) == 2
    assert message in capsys.readouterr().err


def test_a_regression_file_needs_no_options(here, capsys):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(60, 2))
    np.savetxt(here / "line.csv", np.c_[x, x @ [1.0, -2.0]], delimiter=",")
    words = ["race", "--data", "line.csv", "--hidden", "none", "--optimizers", "sgd(0.1)"]
    assert cli.main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["info"]["net"].startswith("2-1, linear, squared")
    assert report["scores"][0][-1][2][1] < 0.01  # the test part's root mean square


def test_the_full_batch_needs_no_batch_size(here, capsys):
    assert cli.main([*QUICK, "--order", "full", "--json"]) == 0
    assert np.shape(json.loads(capsys.readouterr().out)["losses"]) == (4, 2)


def test_optimizers_lists_every_rule_with_its_formula(capsys):
    from minnet.optimizers.catalogue import OPTIMIZERS

    assert cli.main(["optimizers"]) == 0
    out = capsys.readouterr().out
    for make in OPTIMIZERS:
        assert f"\n{make()}\n" in "\n" + out
    assert "MeanSquare(t) = 0.9 MeanSquare(t-1) + 0.1 g^2" in out


def test_words_that_mean_nothing(capsys):
    assert cli.main([]) == 2
    assert "usage: minnet" in capsys.readouterr().out
    with pytest.raises(SystemExit) as caught:
        cli.main(["rcae"])
    assert caught.value.code == 2
    assert cli.main(["--version"]) == 0


def test_help_has_examples_and_imports_nothing_heavy():
    code = (
        "import sys; from minnet.cli import folders, main as cli\n"
        "try: cli.main(['race', '--help'])\n"
        "except SystemExit as e: assert e.code == 0\n"
        "assert not {'numpy', 'numba', 'matplotlib', 'scipy'} & set(sys.modules)\n"
    )
    assert "examples:" in printed(code)


@pytest.mark.parametrize("saved", [True, False])
def test_a_ctrl_c_while_files_are_written_says_what_is_there(here, capsys, monkeypatch, saved):
    def interrupted(folder, report, **options):
        report.save(folder / "race.json")
        raise KeyboardInterrupt

    monkeypatch.setattr(folders, "write", interrupted)
    words = ["race", "--data", "xor", "--epochs", "1", "--output", "cut"]
    assert cli.main(words + ["--checkpoint-every", "1"] * saved) == cli.INTERRUPTED
    files, hint = "cut/race.json", ""
    if saved:
        files, hint = f"{files}, cut/checkpoint.npz", "; go on with --resume cut"
    assert capsys.readouterr().err.endswith(f"minnet: interrupted; in cut there is {files}{hint}\n")


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="NUMBA_DISABLE_JIT: it would take minutes")
def test_ctrl_c_saves_what_was_reached(here, capsys, monkeypatch):
    """Pressed while the second chunk of mini-batches is under way."""
    words = ["race", "--data", "xor", "--hidden", "200", "--optimizers", "sgd(0.1), rmsprop"]
    assert cli.main([*words, "--epochs", "1"]) == 0  # compiled: now the race begins at once
    begun, pressed = threading.Event(), threading.Event()

    def tick(done, total):
        if begun.is_set():
            pressed.wait(600)
        begun.set()

    def press():
        begun.wait(600)
        signal.raise_signal(signal.SIGINT)
        pressed.set()

    monkeypatch.setattr(loop, "progress_of", lambda progress: tick)
    interrupt = threading.Thread(target=press)
    interrupt.start()
    long = ["--epochs", "20000", "--evaluate-every", "0", "--output", "cut"]
    assert cli.main([*words, *long]) == cli.INTERRUPTED
    interrupt.join()
    assert "; stopped after " in capsys.readouterr().out
    report = json.loads((here / "cut/race.json").read_text())
    assert report["info"]["interrupted"]
    losses = np.array(report["losses"], float)
    assert 0 < losses.shape[1] < report["info"]["steps_planned"]
    assert np.isfinite(losses).all()
