"""The figure of paths: what is drawn are the paths, and the legend says how each run ended."""

import numpy as np
import pytest

from minnet.optimizers.notation import parse
from minnet.surfaces import as_surface, roll
from minnet.surfaces.paths import Paths
from minnet.surfaces.trajectories import draw, draw_contours, outcomes, window_of

OPTIMIZERS = ["sgd(lr=0.019)", "sgd(lr=0.021)", "rprop"]


def texts(figure):
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    return legend, [text.get_text() for text in figure.texts]


def test_what_is_drawn_are_the_paths_and_their_errors():
    paths = roll("bowl", OPTIMIZERS, steps=40)
    places, errors = draw(paths).axes
    drawn = {line.get_xydata().tobytes() for line in places.lines}
    assert {w.tobytes() for w in paths.w} <= drawn
    np.testing.assert_allclose(errors.lines[0].get_ydata(), paths.errors[0])
    assert errors.get_yscale() == "log"


def test_the_legend_names_every_setting_and_end():
    paths = roll("bowl", ["sgd(lr=0.01)", "sgd(lr=0.05)", "sgd(lr=9)"], steps=200)
    legend, told = texts(draw(paths))
    assert legend[0] == f"sgd(lr=0.01)  • ends at error {paths.errors[0, -1]:.3g}"
    # y is times -4 each step: 1, 4, and 16 is beyond the window's 4.9
    assert legend[1] == "sgd(lr=0.05)  → leaves the picture at step 2"
    assert legend[2] == f"sgd(lr=9)  ✕ diverged at step {paths.diverged_at[2]}"
    assert told[0] == "bowl(condition=100, angle=0): 3 optimizers from (10, 1), 200 steps"
    assert "yy=100" in told[1] and "E = floor" in told[1]


def test_a_run_that_starts_outside_never_was_in_the_picture():
    paths = roll("bowl", ["sgd(lr=0.001)"], (10, 1), 3)
    assert outcomes(paths, (0, 1, 0, 1)) == ["sgd(lr=0.001)  → leaves the picture at step 0"]


def test_noise_and_mini_batches_are_in_the_small_print():
    noisy = roll("linear_neuron", ["sgd"], steps=5, noise=0.25, batch_size=1, seed=2)
    assert texts(draw(noisy))[1][1].endswith(
        "cyclic mini-batches of 1, gradient noise of sd 0.25, seed 2"
    )


@pytest.mark.parametrize("steps", [1, 7], ids=["one step", "several steps"])
def test_surfaces_without_a_minimum_have_a_plain_error_axis(steps):
    figure = draw(roll("saddle", ["sgd(lr=1e6)", "momentum"], steps=steps))
    assert figure.axes[1].get_yscale() == "linear"
    assert figure.axes[1].get_ylim() == pytest.approx((-1.44, 2.25))


def test_a_window_holds_the_start_and_otherwise_is_the_surfaces():
    assert window_of(roll("beale", ["sgd(lr=0.01)"], steps=1)) == as_surface("beale").window
    left, right, bottom, top = window_of(roll("beale", ["sgd(lr=1e-9)"], (-9, 7), steps=1))
    assert left < -9 and top > 7 and (right, bottom) == (5.5, -3)


def test_a_surface_of_ones_own_is_shown_where_its_paths_are():
    def mine(x, y):
        return x * x + 3 * y * y, 2 * x, 6 * y

    paths = roll(mine, ["sgd(lr=0.05)"], (40, 30), 30)
    left, right, bottom, top = window_of(paths)
    assert (paths.w[0] > (left, bottom)).all() and (paths.w[0] < (right, top)).all()
    assert right < 80 and top < 60
    assert draw(paths).axes[0].get_xlim() == (left, right)


def test_a_narrow_ellipse_has_unequal_axes_and_a_round_one_equal_ones():
    neuron = roll("linear_neuron(((0.1, 10), (0.1, -10)))", ["sgd(lr=0.005)"], steps=2)
    assert draw(neuron).axes[0].get_aspect() == "auto"
    assert draw(roll("beale", ["sgd(lr=0.001)"], steps=2)).axes[0].get_aspect() == 1


def test_equal_errors_are_lines_of_the_surface():
    """On a level of a contour line the surface has that value."""
    figure = draw(roll("himmelblau", ["sgd(lr=0.01)"], steps=2))
    axes, surface = figure.axes[0], as_surface("himmelblau")
    lines = axes.collections[1]
    checked = 0
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        inner = path.vertices[:: max(1, len(path.vertices) // 20)]
        np.testing.assert_allclose(surface.at(*inner.T), level, rtol=0.02, atol=0.6)
        checked += len(inner)
    assert checked > 100


def test_a_flat_surface_has_no_contours():
    def flat(x, y):
        return 0.0 * x, 0.0, 0.0

    axes = draw(roll(flat, ["sgd"], (1, 1), 2)).axes[0]
    assert not axes.collections
    draw_contours(axes, as_surface("plane"), (0, 1, 0, 1))
    assert axes.collections


def test_a_sweep_has_a_short_legend():
    paths = roll("bowl", parse(f"sgd(lr={np.linspace(1e-3, 1e-2, 20).tolist()})"), steps=5)
    assert len(paths.labels) == 20 and len(texts(draw(paths))[0]) == 6


def test_a_start_at_the_minimum():
    paths = roll("bowl", ["sgd(lr=0.01)"], (0, 0), 3)
    draw(paths).canvas.draw()
    assert isinstance(paths, Paths) and np.isnan(paths.steps_to()[0])
