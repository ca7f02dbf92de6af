"""The figure: every run in it, its full setting in the legend, divergence marked."""

import itertools

import matplotlib.colors
import numpy as np
import pytest

import minnet as mn
from minnet.report import plot

NET = mn.MLP([2, 4, 2])


@pytest.fixture(scope="module")
def report():
    optimizers = "sgd(0.5), rprop, sgd(lr=1e38)"
    return mn.race(NET, "xor", optimizers, batch_size=100, epochs=3, seed=1)


def test_every_run_is_drawn_raw_and_smoothed(report):
    left, right = plot.draw(report).axes
    raw = [line for line in left.lines if len(line.get_xdata()) == 24 and line.get_alpha()]
    bold = [line for line in left.lines if len(line.get_xdata()) == 24 and not line.get_alpha()]
    for r in range(2):
        np.testing.assert_array_equal(raw[r].get_ydata(), report.losses[r])
        np.testing.assert_array_equal(bold[r].get_ydata(), plot.smoothed(report.losses[r]))
        np.testing.assert_array_equal(right.lines[r].get_ydata(), 100 * report.scores[r, :, 1, 1])
    assert right.lines[0].get_xdata().tolist() == [0, 1, 2, 3]
    assert left.get_yscale() == "log"


def test_the_legend_gives_full_settings_and_divergence(report):
    texts = [text.get_text() for text in plot.draw(report).legends[0].get_texts()]
    assert texts[0] == "sgd(lr=0.5)"
    assert texts[1].replace("\n   ", " ") == str(mn.Rprop())
    assert texts[2] == f"sgd(lr=1e+38)  ✕ diverged at step {report.diverged_at[2]}"
    crosses = [line for line in plot.draw(report).axes[0].lines if line.get_marker() == "X"]
    assert len(crosses) == 1


def test_a_run_that_was_stopped_has_a_square_where_it_stopped():
    optimizers = "sgd(0.5), sgd(1e-6)"
    report = mn.race(
        NET, "xor", optimizers, batch_size=100, epochs=4, seed=1, stop="target(0.99)"
    )  # fmt: skip
    assert report.stopped_at.tolist() == [8, 8]
    figure = plot.draw(report)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == [f"sgd(lr={lr})  ■ stopped at step 8" for lr in ("0.5", "1e-06")]
    squares = [line for line in figure.axes[0].lines if line.get_marker() == "s"]
    for square, losses in zip(squares, report.losses, strict=True):
        assert square.get_xdata() == [8] and square.get_ydata() == plot.smoothed(losses)[7]


def test_small_print_has_data_net_seed_and_hashes(report):
    print_ = " ".join(text.get_text() for text in plot.draw(report).texts)
    for fact in ("xor", "2-4-2", "seed 1", report.info["plan_hash"], report.info["start_hash"]):
        assert fact in print_


def test_styles_differ_in_colour_and_dash():
    styles = plot.run_styles(plot.MANY)
    pairs = [(style["color"], str(style["linestyle"])) for style in styles]
    assert len(set(pairs)) == plot.MANY
    assert len({colour for colour, _ in pairs}) == len(plot.COLOURS)
    for first, second in itertools.pairwise(pairs):
        assert first[0] != second[0]


def test_a_sweep_gets_a_colour_map_and_a_short_legend():
    rates = ", ".join(str(r / 20) for r in range(1, 21))
    report = mn.race(NET, "xor", f"sgd(lr=[{rates}])", batch_size=400, epochs=1)
    figure = plot.draw(report)
    assert len(figure.legends[0].get_texts()) == 6
    colours = {matplotlib.colors.to_hex(line.get_color()) for line in figure.axes[0].lines}
    assert len(colours) == 20


def test_smoothing_is_a_mean_of_finite_neighbours():
    trace = np.arange(200, dtype=float)
    inner = plot.smoothed(trace)[2:-2]
    np.testing.assert_allclose(inner, trace[2:-2])
    trace[50] = np.nan
    smooth = plot.smoothed(trace)
    assert np.isnan(smooth[50])
    np.testing.assert_allclose(smooth[49], np.mean([47, 48, 49, 51]))


def test_a_run_far_above_the_others_leaves_the_figure_and_is_named():
    report = mn.race(NET, "xor", "sgd(0.5), sgd(lr=1e9)", batch_size=100, epochs=3)
    figure = plot.draw(report)
    assert figure.axes[0].get_ylim()[1] <= 1.8 * plot.CLIMB * report.losses[:, 0].max()
    assert figure.legends[0].get_texts()[1].get_text().endswith("(above the figure)")


def test_all_diverged_at_once_still_draws():
    start = np.full(NET.n_weights, 1e38)
    report = mn.race(NET, "xor", "sgd, rprop", batch_size=400, epochs=1, start=start)
    assert (report.diverged_at == 1).all()
    assert len(plot.draw(report).axes) == 2


def test_without_a_validation_part_the_train_error_is_drawn():
    data = mn.load("xor", validation=0)
    report = mn.race(NET, data, "sgd", batch_size=100, epochs=2)
    assert plot.draw(report).axes[1].get_ylabel() == "train error (% wrong)"


def test_a_regression_has_a_root_mean_square_axis():
    x = np.random.default_rng(0).normal(size=(50, 2))
    data = mn.from_arrays(x, x.sum(1))
    net = mn.MLP([2, 1], loss="squared")
    report = mn.race(net, data, "sgd", batch_size=10, epochs=2)
    assert "root mean square" in plot.draw(report, log=False).axes[1].get_ylabel()
    assert plot.draw(report, log=False).axes[0].get_yscale() == "linear"
