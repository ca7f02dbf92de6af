"""Does the table show what the rule did: worked by hand, and equal to `replay`?"""

import io
import json
import math
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

import minnet as mn
from minnet.cli import main as cli
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.stepwise import SLIDE_28, numbers_in, table

SLIDE = [0.1] * 9 + [-0.9]


def column(found, head):
    return [row[head] for row in found.rows[1:]]


# ---------------------------------------------------------------------------- worked by hand


def test_rmsprop_on_a_constant_gradient():
    """MeanSquare from 0 is (1 - 0.9^t) g^2, so the step is 1 / sqrt(1 - 0.9^t) learning rates."""
    found = table("rmsprop(lr=0.01, decay=0.9)", [0.2] * 3)
    by_hand = [1 / math.sqrt(0.1), 1 / math.sqrt(0.19), 1 / math.sqrt(0.271)]
    np.testing.assert_allclose(by_hand, [3.1623, 2.2942, 1.9209], 1e-4)
    np.testing.assert_allclose(column(found, "step/lr"), np.negative(by_hand), 1e-6)
    np.testing.assert_allclose(column(found, "step"), -0.01 * np.array(by_hand), 1e-6)
    np.testing.assert_allclose(column(found, "rate"), 0.05 * np.array(by_hand), 1e-6)
    np.testing.assert_allclose(column(found, "mean_square"), [0.004, 0.0076, 0.01084], 1e-12)
    roots = [0.2 * math.sqrt(share) for share in (0.1, 0.19, 0.271)]
    np.testing.assert_allclose(column(found, "sqrt(mean_square)"), roots, 1e-12)


def test_rprop_on_slide_28():
    found = table("rprop", SLIDE, 5.0)
    sizes = [0.1 * 1.2**k for k in range(9)]
    sizes.append(sizes[-1] / 2)
    np.testing.assert_allclose(column(found, "size"), sizes, 1e-12)
    np.testing.assert_allclose(column(found, "step"), [-s for s in sizes[:9]] + [sizes[9]], 1e-9)
    np.testing.assert_allclose(found.rows[-1]["weight"], 5 - sum(sizes[:9]) + sizes[9], 1e-12)
    assert column(found, "g_before") == SLIDE
    assert "step/lr" not in found.columns


def test_rmsprop_on_slide_28_as_the_lecture_notes_have_it():
    """13.0 learning rates in the first ten steps, and 0.6795 in each cycle in the long run."""
    moves = table("rmsprop(lr=1)", SLIDE, cycles=30).moves()
    assert moves[0] == pytest.approx(-13.03, abs=0.01)
    assert moves[-1] == pytest.approx(-0.6795, abs=1e-4)


def test_the_start_is_the_first_row():
    found = table("gains(lr=0.5)", [2.0], 3.0)
    assert found.rows[0] == {
        "t": 0, "gradient": None, "gain": 1.0, "g_before": 0.0, "rate": None, "step/lr": None,
        "step": None, "weight": 3.0,
    }  # fmt: skip
    assert found.rows[1]["step"] == -1.0 and found.rows[1]["weight"] == 2.0


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_the_weights_are_those_of_replay(make):
    errors = [1.0, 2.0, 1.5, 3.0] * 2
    gradients = [0.3, -0.2, 0.0, 1.0] * 2
    found = table(make(), gradients[:4], 0.7, cycles=2, errors=errors[:4])
    path = mn.replay(make(), 0.7, gradients, errors)[:, 0]
    np.testing.assert_array_equal([row["weight"] for row in found.rows], path)
    np.testing.assert_array_equal(column(found, "step"), np.diff(path))
    assert set(make().slots) <= set(found.columns)
    assert found.rows[3]["rate"] is None  # a gradient of 0 has none
    assert len(found.moves()) == 2 and str(found) and found.to_html()


def test_schedules_show_their_numbers():
    found = table("momentum(lr=cosine(0.1), momentum=ramp(0.5, end=0.9, steps=2))", [1.0] * 3)
    np.testing.assert_allclose(column(found, "lr"), [0.1, 0.05, 0.0], atol=1e-15)
    np.testing.assert_allclose(column(found, "momentum"), [0.5, 0.7, 0.9])
    assert found.rows[0]["lr"] is None
    np.testing.assert_allclose(column(found, "step/lr")[:2], [-1, -2.4])
    assert column(found, "step/lr")[2] is None


def own(w, g, weight, step, rate=0.5):
    """w -= rate (g + weight)"""
    return w - rate * (g + weight), g, step + 1


def test_a_users_own_rule_and_its_own_words():
    found = table(own, [2.0, 4.0])
    assert column(found, "rule's weight") == [2, 4] and column(found, "rule's step") == [1, 2]
    assert column(found, "weight") == [-1, -4]
    assert found.formula == "w -= rate (g + weight)"


def test_what_is_not_finite_is_not_hidden():
    def exploding(w, g, lr=1e300):
        return w - lr * g * 1e300

    found = table(exploding, [1.0, -1.0])
    assert "-inf" in str(found) and "nan" in str(found)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["rows"][1]["weight"] is None


# ---------------------------------------------------------------------------- text and page


def test_the_text():
    lines = str(table("sgd(lr=0.5)", [1.0, -0.5], cycles=2)).splitlines()
    assert lines[0] == "sgd(lr=0.5)"
    assert lines[1] == "w(t) = w(t-1) - lr g (slide 7)"
    assert lines[3].split() == ["t", "gradient", "rate", "step/lr", "step", "weight"]
    assert lines[5].split() == ["0", "0"]
    assert lines[6].split() == ["1", "1", "0.5", "-1", "-0.5", "-0.5"]
    assert lines[7].split() == ["2", "-0.5", "0.5", "0.5", "0.25", "-0.25"]
    assert set(lines[8]) == {"-"} and lines[9].split()[0] == "3"
    assert lines[-1] == "moved in each cycle of 2 steps: " + ", ".join(
        ["-0.25 (-0.5 learning rates)"] * 2
    )


def test_no_zero_has_a_minus():
    text = str(table("irprop_plus", [1.0, -1.0], errors=[1.0, 1.0]))
    assert " -0 " not in text


def test_long_series_are_cut_short_in_the_summary():
    assert table("sgd(1)", [1.0], cycles=9).summary().count("learning rates") == 4


def test_a_jump_is_told_to_play_no_part():
    assert "jump plays no part" in str(table("nesterov", [1.0]))
    assert "jump" not in str(table("momentum", [1.0]))


class Page(HTMLParser):
    """What a reader needs of a page."""

    VOID = ("meta", "br")

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.setdefault(self.open[-1] if self.open else "", []).append(data)


def test_the_page_is_whole_and_can_be_read_out():
    found = table("rmsprop(lr=1)", SLIDE, cycles=2)
    text = found.to_html()
    page = Page(text)
    assert not page.open and text.startswith("<!DOCTYPE html>")
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == tags.count("caption") == tags.count("table") == 1
    assert [a["lang"] for tag, a in page.tags if tag == "html"] == ["en"]
    scopes = [a["scope"] for tag, a in page.tags if tag == "th"]
    assert scopes == ["col"] * len(found.columns) + ["row"] * 21
    assert any(a.get("name") == "viewport" for tag, a in page.tags if tag == "meta")
    assert tags.count("tr") == 22 and tags.count("tbody") == 3
    assert "".join(page.text["code"]).startswith("MeanSquare(t) = 0.9 MeanSquare(t-1)")
    assert "\N{MINUS SIGN}3.16228" in text and "3.05986" in text


def test_the_page_fetches_nothing():
    text = table("sgd", [1.0]).to_html()
    assert not [word for word in ("http", "src=", "href=", "url(", "@import") if word in text]


def test_the_page_escapes_what_a_rule_says():
    def tagged(w, g, lr=0.1):
        """<script>alert(1)</script>"""
        return w - lr * g

    text = table(tagged, [1.0]).to_html()
    assert "<script>" not in text and "&lt;script&gt;" in text


# ---------------------------------------------------------------------------- numbers


def test_numbers_from_text():
    assert numbers_in(SLIDE_28) == SLIDE
    assert numbers_in("1, -2*2,.5") == [1, -2, -2, 0.5]
    assert numbers_in(",".join(["0.125"] * 5000)) == [0.125] * 5000


def test_numbers_from_a_file_and_from_standard_input(tmp_path, monkeypatch):
    text = "0.1*2\n\n-0.9  # the tenth\n"
    path = tmp_path / "g.txt"
    path.write_text(text)
    assert numbers_in(str(path)) == [0.1, 0.1, -0.9]
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert numbers_in("-") == [0.1, 0.1, -0.9]
    path.write_text("1\nx\n")
    with pytest.raises(ValueError, match=r"g.txt, line 2: 'x' is not a number"):
        numbers_in(str(path))


@pytest.mark.parametrize("text", ["", "1,,2", "1*x", "1*0", "1*-2", "1*1.5", "1*2*3", "1*100001"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a number or number\*count; write e.g. "):
        numbers_in(text)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"gradients": []}, "a table has 1 to 100,000 steps, got 0 x 1"),
        ({"gradients": [1.0] * 11, "cycles": 10_000}, "got 11 x 10000"),
        ({"gradients": [1.0, math.nan]}, "gradient 2 must be a finite number, got nan"),
        ({"start": math.inf}, "start must be a finite number, got inf"),
        ({"cycles": 0}, "cycles must be a whole number at least 1, got 0"),
        ({"optimizer": "irprop_plus"}, "asks whether the error grew: give errors"),
        ({"errors": [1.0, 2.0]}, "errors must be one a gradient, 1, got 2"),
        ({"optimizer": "sgd(lr=plateau(1))"}, "not step"),
    ],
)
def test_bad_input_is_refused_in_one_line(arguments, told):
    with pytest.raises(ValueError, match=told) as refusal:
        table(**({"optimizer": "sgd", "gradients": [1.0]} | arguments))
    assert "\n" not in str(refusal.value)


# ---------------------------------------------------------------------------- the command


def test_the_command_prints_slide_28_by_default(capsys):
    assert cli.main(["step"]) == 0
    out = capsys.readouterr().out
    assert out == f"{table('rmsprop(lr=0.01)', SLIDE)}\n"


def test_the_command_writes_a_page(tmp_path, capsys):
    path = tmp_path / "step.html"
    words = ["step", "rprop", "--gradients", "1,-1", "--cycles", "2", "--start", "2", "--html"]
    assert cli.main([*words, str(path)]) == 0
    assert capsys.readouterr().out.endswith(f"wrote {path}\n")
    assert path.read_text(encoding="utf-8") == table("rprop", [1, -1], 2.0, cycles=2).to_html()
    assert [left.name for left in tmp_path.iterdir()] == ["step.html"]


def test_the_command_speaks_json(tmp_path, capsys):
    path = tmp_path / "step.html"
    words = ["step", "irprop+", "--gradients=-1,1", "--errors", "1,2", "--json", "--html"]
    assert cli.main([*words, str(path)]) == 0
    captured = capsys.readouterr()
    found = table("irprop_plus", [-1, 1], errors=[1, 2])
    assert json.loads(captured.out) == found.to_dict()
    assert captured.err == f"wrote {path}\n"


def test_the_command_takes_a_users_rules(tmp_path, capsys):
    rules = tmp_path / "mine.py"
    rules.write_text("def mine(w, g, seen, lr=0.5):\n    return w - lr * g, seen + 1\n")
    words = ["step", "mine(lr=2)", "--rules", str(rules), "--gradients", "1*3"]
    assert cli.main(words) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "moved in all: -6 (-3 learning rates)"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["sgd, rprop"], "step shows one optimizer, got 2: 'sgd, rprop'"),
        (["sdg"], "unknown optimizer 'sdg' (did you mean 'sgd'?)"),
        (["--gradients", "1,a"], "'1,a': 'a' is not a number"),
        (["--start", "nan"], "start must be a finite number, got nan"),
    ],
)
def test_mistakes_get_one_line(words, told, capsys):
    assert cli.main(["step", *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("minnet: ") and told in error and error.count("\n") == 1
