"""Does the comparison print numbers that anyone can check by hand, and draw what it says?"""

import math

import numpy as np
import pytest

from minnet.dialects import compare

ROWS = [(title, g, *row) for title, g, _, rows in compare.FAMILIES for row in rows]


@pytest.mark.parametrize(
    ("title", "gradients", "optimizer", "by_hand", "differs"),
    ROWS,
    ids=[f"{row[0]}-{row[2].name}" for row in ROWS],
)
def test_the_worked_numbers_are_what_the_rules_do(title, gradients, optimizer, by_hand, differs):
    """The printed sum, read as Python, is the rule's own last step."""
    value = eval(by_hand, {"sqrt": math.sqrt})
    assert compare.last_step(optimizer, gradients) == pytest.approx(value, rel=1e-7, abs=1e-15)


def test_the_words_about_eps_agree_with_the_numbers():
    for optimizer, _, differs in compare.FIVE:
        if "eps 1e" in differs:
            assert float(differs.split()[1]) == optimizer.hyperparameters["eps"]
    starts = [float(optimizer.start(1)[0, 0]) for optimizer, *_ in compare.FIVE]
    assert starts == [0, 0, 0, 1, 0]
    assert [row[0].hyperparameters["decay"] for row in compare.FIVE] == [0.9, 0.99, 0.9, 0.9, 0.9]


def test_five_rmsprops_give_five_answers():
    large, small = np.array([paths[:, -1] for paths in compare.answers().values()]).T
    apart = np.abs(np.subtract.outer(small, small))[~np.eye(5, dtype=bool)]
    assert apart.min() > 0.006  # none agree on the small gradients
    names = [name.split(".")[0] for name in compare.answers()]
    where = dict(zip(names, large, strict=True))
    assert where["keras"] == pytest.approx(where["slide"], rel=1e-3)  # three agree on the large
    assert where["optax"] == pytest.approx(where["slide"], rel=1e-3)
    assert small[0] == pytest.approx(large[0], rel=1e-12)


def test_the_text_names_every_rule_and_fits_a_terminal():
    text = compare.comparison()
    assert max(map(len, text.splitlines())) <= 100
    for _, _, optimizer, by_hand, differs in ROWS:
        assert any(
            optimizer.name in line and by_hand in line and differs in line
            for line in text.splitlines()
        )
    assert compare.TITLE in text


def test_the_figure_says_it_in_two_panels(tmp_path):
    figure = compare.draw_comparison()
    for side, axes in enumerate(figure.axes):
        lines = [line for line in axes.lines if len(line.get_xdata()) > 1]
        assert len(lines) == 5
        for line, paths in zip(lines, compare.answers().values(), strict=True):
            np.testing.assert_array_equal(line.get_ydata(), paths[side])
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend[1] == "torch.rmsprop: decay 0.99, eps 1e-08 outside root, mean square starts at 0"
    assert [label for _, _, label in compare.labelled(0)][1] == "slide\n= keras\n= optax"
    assert len(compare.labelled(1)) == 5
    figure.savefig(tmp_path / "dialects.png")
    assert (tmp_path / "dialects.png").stat().st_size > 10_000
