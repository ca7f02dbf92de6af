"""The moving pictures of the site: paths on their axes."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("jupytext")
pytest.importorskip("math_core")
from minnet.lecture.web import moving


def test_the_paths_stand_where_the_axes_have_them(tmp_path):
    told = moving.scene("beale", tmp_path / "scenes")
    stage, (left, right, bottom, top) = told["stage"], (-2, 5.5, -3, 3)
    runs = [np.array([p.split(",") for p in run["points"].split()], float) for run in told["runs"]]
    x = left + (runs[0][:, 0] - stage["x"]) / stage["width"] * (right - left)
    y = top - (runs[0][:, 1] - stage["y"]) / stage["height"] * (top - bottom)
    w = [(1.0, 1.5)]  # plain descent, by hand
    for _ in range(5):
        a, b = w[-1]
        gaps = [c - a * (1 - b**k) for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))]
        slope = [
            sum(-2 * gap * (1 - b**k) for k, gap in enumerate(gaps, 1)),
            sum(2 * gap * a * k * b ** (k - 1) for k, gap in enumerate(gaps, 1)),
        ]
        w.append((a - 0.007 * slope[0], b - 0.007 * slope[1]))
    assert np.allclose(np.column_stack([x, y])[:6], w, atol=0.02)
    assert all(len(run) == told["steps"] + 1 for run in runs)
    with Image.open(tmp_path / "scenes" / "beale.png") as picture:
        assert picture.width / picture.height == pytest.approx(np.divide(*told["size"]), rel=0.01)


def test_a_path_ends_where_it_diverges():
    axes = SimpleNamespace(transData=SimpleNamespace(transform=lambda w: w))
    w = np.array([[0, 1], [1e9, 2], [np.nan, 3], [0, 4.0]])
    assert moving.points(axes, w, 10) == "0.0,9.0 100000.0,8.0"
    assert moving.dashes({"linestyle": "-"}) == ""
    assert moving.dashes({"linestyle": (0, (1, 2))}) == "3.5 7"
