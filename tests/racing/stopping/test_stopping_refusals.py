"""Stopping criteria that are refused, and how a criterion is written and read."""

import numpy as np
import pytest
from small_races import never, three_classes
from stopped_races import small_race

from minnet.racing.stopping import (
    CRITERIA,
    Criterion,
    as_criteria,
    generalisation_loss,
    patience,
    target,
    time_limit,
)


@pytest.mark.parametrize(
    ("make", "value", "words"),
    [
        (patience, 0, "evaluations of patience must be a whole number at least 1, got 0"),
        (patience, 2.5, "evaluations of patience .* got 2.5"),
        (patience, True, "evaluations of patience .* got True"),
        (patience, "5", "evaluations of patience .* got '5'"),
        (
            generalisation_loss,
            0,
            "percent of generalisation_loss must be .*, greater than 0, got 0",
        ),
        (
            generalisation_loss,
            -1.0,
            "percent of generalisation_loss must be .*, greater than 0, got -1.0",
        ),
        (
            generalisation_loss,
            np.nan,
            "percent of generalisation_loss must be .*, greater than 0, got nan",
        ),
        (target, -0.1, "error of target must be a finite number, at least 0, got -0.1"),
        (target, np.nan, "error of target must be a finite number, at least 0, got nan"),
        (time_limit, 0, "seconds of time_limit must be .* greater than 0, got 0"),
        (time_limit, -5, "seconds of time_limit must be .* greater than 0, got -5"),
        (time_limit, np.nan, "seconds of time_limit must be .* greater than 0, got nan"),
    ],
)
def test_bad_numbers(make, value, words):
    with pytest.raises(ValueError, match=words) as refusal:
        make(value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", []),
        ("  ", []),
        ("patience", ["patience(5)"]),
        ("patience(3)", ["patience(3)"]),
        ("patience(evaluations=3), target(0.02)", ["patience(3)", "target(0.02)"]),
        ("generalisation_loss", ["generalisation_loss(5)"]),
        ("generalisation_loss(2.5),time_limit(60)", ["generalisation_loss(2.5)", "time_limit(60)"]),
        (" target ( error = 0 ) ", ["target(0)"]),
        ("Patience(3), Time-Limit(Seconds=60)", ["patience(3)", "time_limit(60)"]),
    ],
)
def test_the_notation(text, labels):
    criteria = as_criteria(text)
    assert [str(c) for c in criteria] == [repr(c) for c in criteria] == labels
    again = as_criteria(", ".join(labels))
    assert [c.label for c in again] == labels


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("patince(3)", r"unknown criterion 'patince' \(did you mean 'patience'\?\)"),
        ("xyzzy", "unknown criterion 'xyzzy'; there is patience, generalisation_loss, target, "),
        ("3", r"cannot read '3'; write e.g. 'patience\(5\), target\(0.02\)'"),
        ("patience(", r"cannot read 'patience\('; write e.g. 'patience\(5\), target\(0.02\)'"),
        ("patience target", "cannot read 'patience target'"),
        (
            "patience(3, 4)",
            r"name the parameters of patience after the first one: 'patience\(3, 4\)'",
        ),
        ("patience(epochs=3)", "unknown parameter of patience 'epochs'; there is evaluations"),
        ("patience(3, evaluations=4)", r"must be patience\(evaluations\)"),
        ("patience(0)", "evaluations of patience must be a whole number at least 1, got 0"),
        ("patience(x)", "parameters of patience must be plain numbers or lists of them: 'x'"),
        ("target", r"'target\(\)' must be target\(error\)"),
        ("target('a')", "error of target must be a finite number, at least 0, got 'a'"),
        ("target(cosine(0.1))", r"parameters of target must be plain .*: 'cosine\(0.1\)'"),
        ("time_limit([1, 2])", "seconds of time_limit must be a finite number"),
        ("time_limit(-1)", "seconds of time_limit must be .* greater than 0, got -1"),
        ("*patience", r"cannot read '\*patience'; write e.g. 'patience"),
        (
            "patience(**{'a': 1})",
            r"parameters of patience must be plain .*: \"\*\*{'a': 1}\"$",
        ),
        ("target(0.1, error=0.2)", "^error of target is given twice"),
        ("a" * 20_000, "cannot read 'aaa.*aaa...'; write"),
    ],
)
def test_what_cannot_be_read(text, words):
    with pytest.raises(ValueError, match=words) as refusal:
        as_criteria(text)
    assert "\n" not in str(refusal.value)
    with pytest.raises(ValueError, match=words):
        small_race("sgd", stop=text, progress=never)


def test_a_number_beyond_all_floats():
    with pytest.raises(ValueError):
        as_criteria(f"target(1{'0' * 400})")


@pytest.mark.parametrize("name", ["generalisation_loss", "target", "time_limit"])
def test_every_digit_is_printed(name):
    label = f"{name}(0.123456789)"
    assert str(as_criteria(label)[0]) == label


def test_criteria_as_objects():
    mine = Criterion("third time", lambda losses, errors, seconds: len(losses) == 3)
    assert as_criteria(mine) == [mine] and as_criteria((mine,)) == [mine] and as_criteria([]) == []
    report = small_race("sgd(0.5)", stop=[mine])
    assert report.stopped_at.tolist() == [12] and report.info["stopped_by"] == ["third time"]
    assert set(CRITERIA) == {"patience", "generalisation_loss", "target", "time_limit"}


def test_a_list_of_texts_is_read():
    mixed = ["patience(3), target(1)", target(0.5), ["time_limit(60)"]]
    assert [str(c) for c in as_criteria(mixed)] == [
        "patience(3)", "target(1)", "target(0.5)", "time_limit(60)",
    ]  # fmt: skip
    assert small_race("sgd(0.5)", stop=["target(1)"]).info["stopped_by"] == ["target(1)"]


@pytest.mark.parametrize("text", ["patience(2)", "target(0.1)", "generalisation_loss(5)"])
def test_validation_losses_are_needed(text):
    words = text.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=f"^{words} needs a validation part, three has none$"):
        small_race("sgd", stop=text, data=three_classes("float64", validation=0), progress=never)
    with pytest.raises(ValueError, match=f"^{words} needs evaluate_every"):
        small_race("sgd", stop=text, evaluate_every=0, progress=never)


def test_a_time_limit_needs_no_validation_part():
    small_race("sgd", stop="time_limit(60)", data=three_classes("float64", validation=0))
    with pytest.raises(ValueError, match=r"^time_limit\(60\) needs evaluate_every"):
        small_race("sgd", stop="time_limit(60)", evaluate_every=0)
