"""Does `minnet lecture` list, show, tell and write what it should?  On a script of two claims."""

import json
import re

import pytest

from minnet.cli import main as cli
from minnet.lecture import command, parts

SCRIPT = """\
# %% [markdown]
# # A small lecture

# %%
from minnet.lecture import experiment, show


# %% 6e.7 It averages
@experiment("6e.7")
def nothing_left():
    return {"after 1, 10, 100 cycles": [0.0, 0.0, 0.0]}


found = nothing_left()
with show.sheet("small", "A small figure", claims=[found]) as axes:
    axes.plot([1, 2], [3, 4])
print("an aside of the script")

# %% 6e.8 It does not
LAST
"""
LAST = """\
@experiment("6e.8")
def steps_left(sign=1):
    return {"after 1, 10, 100 cycles": [8.0 * sign, 80.0 * sign, 800.0 * sign]}


steps_left()
"""


@pytest.fixture
def lecture(tmp_path, monkeypatch):
    """A lecture of one part: call it with the words of a command; `last` is its last cell."""
    part = parts.Part("6e", "A small lecture", (parts.Script("small.py"),))
    monkeypatch.setattr(parts, "FOLDERS", (tmp_path,))
    monkeypatch.setattr(command, "PARTS", {"6e": part})
    monkeypatch.chdir(tmp_path)

    def run(*words, last=LAST):
        (tmp_path / "small.py").write_text(SCRIPT.replace("LAST\n", last))
        return cli.main(["lecture", *words])

    return run


def test_no_part_lists_them(lecture, capsys):
    assert lecture() == 0
    assert "6e  A small lecture (2 claims)" in capsys.readouterr().out


def test_a_part_prints_its_verdicts_and_writes_its_figures(lecture, capsys, tmp_path):
    assert lecture("6e", "--output", "drawn") == 0
    told = capsys.readouterr().out
    assert re.search(r"^6e\.7 +CONFIRMED", told, re.MULTILINE)
    assert "measured: after 1, 10, 100 cycles: [8, 80, 800]" in told
    assert told.endswith("2 claims: 2 CONFIRMED\nwrote 1 figures to drawn/\n")
    assert (tmp_path / "drawn" / "small.png").stat().st_size > 5000


def test_claims_alone_write_no_figures(lecture, capsys, tmp_path):
    assert lecture("all", "--claims", "--quick") == 0
    assert "(quick showing: fewer seeds)" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["small.py"]


def test_json_is_for_machines(lecture, capsys):
    assert lecture("6e", "--json") == 0
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert [claim["id"] for claim in told["claims"]] == ["6e.7", "6e.8"]
    assert told["claims"][1]["measured"] == {"after 1, 10, 100 cycles": [8, 80, 800]}
    assert told["figures"][0]["claims"] == ["6e.7"] and "wrote 1 figures" in captured.err


def test_the_verdict_is_that_of_the_altered_experiment(lecture, capsys):
    assert lecture("6e", last=LAST.replace("\nsteps_left()", "\nsteps_left(sign=-1)")) == 0
    assert re.search(r"^6e\.8 +REFUTED", capsys.readouterr().out, re.MULTILINE)


def test_a_cell_that_fails_is_named_and_costs_no_verdict(lecture, capsys):
    assert lecture("6e", last="raise ValueError('no such thing')\n") == 2
    captured = capsys.readouterr()
    assert "6e.7" in captured.out and "1 claims" in captured.out
    assert "small.py, cell '6e.8 It does not': no such thing" in captured.err


def test_an_unknown_part_is_named(lecture, capsys):
    assert lecture("6f") == 2
    assert "'6f'" in capsys.readouterr().err


def test_ctrl_c_costs_no_verdict(lecture, capsys):
    assert lecture("6e", last="raise KeyboardInterrupt\n" + LAST) == cli.INTERRUPTED
    captured = capsys.readouterr()
    assert "1 claims" in captured.out and "interrupted after 1 of 2 claims" in captured.err
    assert "nothing was written" not in captured.err
