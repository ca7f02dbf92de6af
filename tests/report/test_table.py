"""The table is what a class sees on the projector: columns in line, facts in their place."""

import numpy as np
import pytest

from minnet.report.report import Report
from minnet.report.table import table

NAN = np.nan
WHOLE = """
optimizer       train loss  train err  valid err  test err    best  at step  seconds  ended early
---------------------------------------------------------------------------------------------------------------------
sgd(lr=1)             1.25     25.00%     37.50%   100.00%  37.50%       20     0.00
momentum(lr=1)                                              43.75%             12.35  diverged at step 13
rmsprop(lr=1)      0.01235      0.00%      0.00%    10.00%   0.00%       20     0.50  stopped at step 20: patience(2)
---------------------------------------------------------------------------------------------------------------------
toy (8 + 16 + 4 cases, 0123456789ab); 2-2, softmax; float32
start aaaaaaaaaaaa (seed 6); plan bbbbbbbbbbbb (cyclic)
"""  # noqa: E501


def made(**changes):
    """A report of three runs, put together by hand: the second has diverged."""
    scores = np.full((3, 2, 3, 2), NAN)
    scores[0] = [[[2.5, 0.5], [2.4, 0.4375], [2.6, 0.625]], [[1.25, 0.25], [1.5, 0.375], [2, 1.0]]]
    scores[1, 0] = [[2.5, 0.5], [2.4, 0.4375], [2.6, 0.625]]
    scores[2] = [[[2.5, 0.5], [2.4, 0.4375], [2.6, 0.625]], [[0.0123456, 0], [0.02, 0], [0.1, 0.1]]]
    names = ["sgd", "momentum", "rmsprop"]
    info = {
        "data": {
            "name": "toy",
            "hash": "0123456789ab",
            "classes": ["a", "b"],
            "cases": {"train": 8, "validation": 16, "test": 4},
        },
        "net": "2-2, softmax",
        "dtype": "float32",
        "start_hash": "aaaaaaaaaaaa",
        "plan_hash": "bbbbbbbbbbbb",
        "plan": "cyclic",
        "seed": 6,
        "steps_planned": 20,
        "interrupted": False,
        "stopped_by": ["", "", "patience(2)"],
        "optimizers": [{"name": name, "short": f"{name}(lr=1)"} for name in names],
    }
    arrays = {
        "losses": np.zeros((3, 20)),
        "evaluated_at": np.array([0, 20]),
        "scores": scores,
        "diverged_at": np.array([0, 13, 0]),
        "stopped_at": np.array([0, 0, 20]),
        "seconds": np.array([0.004, 12.3456, 0.5]),
        "weights": np.zeros((3, 6)),
        "best_weights": np.zeros((3, 6)),
        "best_at": np.array([20, 0, 20]),
        "kept_at": np.empty(0, int),
        "kept": np.empty((3, 0, 6)),
    }
    changed = {name: changes.pop(name) for name in list(changes) if name in arrays}
    data = info["data"] | changes.pop("data", {})
    labels = [f"{name}(lr=1)" for name in names]
    return Report(labels=labels, info=info | {"data": data} | changes, **arrays | changed)


def test_the_whole_table():
    assert table(made()) == WHOLE.strip("\n")


def test_columns_end_in_line():
    head, rule, *rows = table(made()).splitlines()[:5]
    for word in ("train loss", "train err", "valid err", "test err", "best", "at step", "seconds"):
        end = head.index(word) + len(word)
        assert all(row[end : end + 2].strip() == "" for row in rows)
        for row in (rows[0], rows[2], *(rows if word in ("best", "seconds") else [])):
            assert row[end - 1] not in " -"
    start = head.index("ended early")
    assert rows[0][start:] == "" and rows[1][start:] == "diverged at step 13"
    assert rows[2][start:] == "stopped at step 20: patience(2)"
    assert rule == "-" * len(rows[2]) == table(made()).splitlines()[5]


NONE_EARLY = {"diverged_at": np.zeros(3, int), "stopped_at": np.zeros(3, int)}


def test_the_last_column_is_there_only_if_a_run_ended_early():
    lines = table(made(**NONE_EARLY)).splitlines()
    assert lines[0].endswith("at step  seconds")
    assert "ended early" not in "".join(lines) and "stopped" not in "".join(lines)
    assert {len(line) for line in lines[:6]} == {len(lines[0])}
    for name, word in (("diverged_at", "diverged at step 7"), ("stopped_at", "stopped at step 7:")):
        lines = table(made(**NONE_EARLY | {name: np.array([0, 0, 7])})).splitlines()
        assert lines[0].endswith("seconds  ended early") and word in lines[4]
        assert lines[2].endswith("0.00") and lines[3].endswith("12.35")


def test_a_run_that_diverged_was_not_stopped():
    text = table(made(diverged_at=np.array([0, 13, 19])))
    assert "diverged at step 19" in text and "stopped" not in text


def test_no_line_ends_in_blanks():
    assert all(line == line.rstrip() for line in table(made()).splitlines())


def test_a_regression_has_numbers_instead_of_percent():
    text = table(made(data={"classes": None}))
    assert "%" not in text and "0.375" in text


@pytest.mark.parametrize("missing", [["validation"], ["test"], ["validation", "test"]])
def test_parts_that_there_are_not_have_no_column(missing):
    cases = {"train": 8, "validation": 16, "test": 4}
    left = {k: v for k, v in cases.items() if k not in missing}
    text = table(made(data={"cases": left}, **NONE_EARLY))
    heads = text.splitlines()[0]
    assert "train err" in heads
    assert ("valid err" in heads) == ("validation" not in missing)
    assert ("test err" in heads) == ("test" not in missing)
    assert len({len(line) for line in text.splitlines()[:6]}) == 1


def test_a_stopped_race_says_so():
    text = table(made(interrupted=True, losses=np.zeros((3, 7))))
    assert text.endswith("(cyclic); stopped after 7 of 20 steps")
    assert "stopped after" not in table(made())


def test_a_race_that_was_never_scored():
    text = table(
        made(scores=np.empty((3, 0, 3, 2)), evaluated_at=np.empty(0, int), interrupted=True)
    )  # fmt: skip
    assert "nan" not in text and "%" not in text and "sgd(lr=1)" in text
    assert text.endswith("stopped after 20 of 20 steps")


def test_a_run_that_was_stopped_shows_its_last_scores():
    """The third run was scored at its end only before another went on alone."""
    scores = np.concatenate([made().scores, made().scores[:, -1:]], axis=1)
    scores[2, 2] = NAN
    text = table(made(scores=scores, evaluated_at=np.array([0, 20, 25])))
    assert text.splitlines()[4] == table(made()).splitlines()[4]


def test_nothing_is_called_nan():
    assert "nan" not in table(made()).lower()
