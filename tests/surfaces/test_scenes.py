"""`minnet surface`: what the three classic scenes show, and words in, files out."""

import numpy as np
import pytest
from PIL import Image

from minnet.cli import main as cli
from minnet.optimizers.notation import parse
from minnet.surfaces import roll
from minnet.surfaces.gallery import SURFACES, as_surface
from minnet.surfaces.scenes import SCENES

UNSCALED, SCALED = slice(0, 3), slice(3, 6)  # sgd, momentum, nesterov; adagrad, adadelta, rmsprop


def shown(name):
    scene = SCENES[name]
    return roll(name, parse(scene.optimizers), steps=scene.steps)


# ---------------------------------------------------------------------------- what is seen


def test_every_surface_has_a_scene_in_which_nothing_diverges():
    assert set(SCENES) == set(SURFACES)
    for name in SCENES:
        assert not shown(name).diverged_at.any(), name


def test_in_a_long_valley_scaled_gradients_break_the_symmetry_at_once():
    paths = shown("long_valley")
    along = np.abs(paths.w[:, :, 0])
    early = along[:, 30]
    assert (early[UNSCALED] < 0.05).all() and (early[SCALED] > 1).all()
    assert along[0, -1] < 0.05  # sgd goes nowhere
    across = np.sign(paths.w[:, :60, 1])
    turns = (across[:, 1:] != across[:, :-1]).sum(axis=1)
    assert turns[0] > 50 and turns[1] > 20 and (turns[SCALED] <= 2).all()
    assert (np.abs(along[1:3, -1] - 3) < 0.5).all()  # velocity gets there in the end


def test_on_beales_walls_velocities_shoot_off_and_scaled_gradients_do_not():
    paths = shown("beale")
    assert np.hypot(*as_surface("beale").gradient((1.0, 1.5))) > 50
    low = paths.w[:, :, 1].min(axis=1)
    assert (low[1:3] < -2).all() and (low[[0, 3, 4, 5]] > 0).all()
    climbs = np.diff(paths.errors[:, :50], axis=1).max(axis=1)
    assert (climbs[1:3] > 5).all() and (climbs[[4, 5]] < 1e-3).all()


def test_on_a_saddle_the_steps_to_leave():
    """sgd: ln 1000 / ln 1.02 = 348.8."""
    w = roll(
        "saddle", parse("sgd(0.01), rmsprop(0.01), momentum(0.01), adagrad(0.01)"), steps=1300
    ).w
    assert np.argmax(np.abs(w[:, :, 1]) > 1, axis=1).tolist() == [349, 72, 72, 1263]
    assert SCENES["saddle"].optimizers.startswith("sgd(lr=0.01), momentum(lr=0.01)")


def test_the_rule_decides_which_of_himmelblaus_minima_is_found():
    ends = shown("himmelblau").w[:, -1]
    nearest = [np.argmin(np.hypot(*(as_surface("himmelblau").minima - end).T)) for end in ends]
    assert len(set(nearest)) > 1


# ---------------------------------------------------------------------------- words


def test_the_list_names_every_surface(capsys):
    assert cli.main(["surface"]) == 0
    out = capsys.readouterr().out
    for name, make in SURFACES.items():
        assert str(make()) in out and make.__doc__.splitlines()[0] in out, name


def test_a_name_alone_draws_its_scene(here, capsys):
    assert cli.main(["surface", "saddle"]) == 0
    assert capsys.readouterr().out == "wrote saddle.png\n"
    with Image.open("saddle.png") as image:
        assert image.size == (1920, 1080)


def test_an_earlier_figure_is_not_overwritten(here, capsys):
    (here / "saddle.png").write_text("kept")
    assert cli.main(["surface", "saddle", "--steps", "2"]) == 0
    assert capsys.readouterr().out == "wrote saddle-2.png\n"
    assert (here / "saddle.png").read_text() == "kept"


@pytest.mark.slow
def test_own_rules_and_all_other_words(here, capsys, monkeypatch):
    import minnet.surfaces.scenes as scenes

    (here / "mine.py").write_text("def half(w, g, lr=0.5):\n    return w - lr * g\n")
    seen = []
    monkeypatch.setattr(scenes, "roll", lambda *a, **k: seen.append(roll(*a, **k)) or seen[-1])
    words = "surface bowl --condition 4 --angle 90 --start=-1,2 --steps 3 --noise 0.1 --seed 5"
    own = ["--rules", "mine.py", "--optimizers", "half, sgd(lr=0.5)", "--output", "a.pdf"]
    assert cli.main([*words.split(), *own]) == 0
    (paths,) = seen
    assert str(paths.surface) == "bowl(condition=4, angle=90)" and paths.w.shape == (2, 4, 2)
    assert paths.w[0, 0].tolist() == [-1, 2] and paths.labels[0] == "half(lr=0.5)"
    assert paths.w[0].tobytes() == paths.w[1].tobytes()
    assert paths.setting == "gradient noise of sd 0.1, seed 5"
    assert (here / "a.pdf").read_bytes().startswith(b"%PDF")
    cases = ["--cases", "101,101:2 101,99:0", "--batch-size", "1", "--order", "shuffled"]
    assert cli.main(["surface", "linear-neuron", "--steps", "3", *cases]) == 0
    assert seen[1].surface.hessian()[0, 0] == 20402
    assert seen[1].setting == "shuffled mini-batches of 1, seed 0"


def test_an_animation_with_and_without_a_figure(here, capsys):
    short = ["surface", "plane", "--steps", "2", "--animate"]
    assert cli.main([*short, "a.gif"]) == 0
    assert cli.main([*short, "b.html", "--output", "b.png"]) == 0
    assert capsys.readouterr().out == "wrote a.gif\nwrote b.html, b.png\n"
    assert sorted(path.name for path in here.iterdir()) == ["a.gif", "b.html", "b.png"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sadle"], "unknown surface 'sadle' (did you mean 'saddle'?)"),
        (["beale", "--angle", "3"], "--angle is for the bowl, not for beale"),
        (
            ["bowl", "--condition", "-1"],
            "condition of bowl must be a finite number, greater than 0",
        ),
        (["beale", "--cases", "1,1:2"], "--cases is for the linear-neuron, not for beale"),
        (["linear-neuron", "--cases", "1,1,2"], "the inputs of --cases must be 2 numbers like 1,1"),
        (["linear-neuron", "--cases", "1,1:a"], "the target of --cases must be 1 numbers like 1"),
        (["linear-neuron", "--cases", " "], "--cases must be inputs and targets like"),
        (["beale", "--start", "1"], "--start must be 2 numbers like 1,1, got '1'"),
        (["beale", "--start", "nan,1"], "start must be two finite numbers, got [nan, 1.0]"),
        (["beale", "--steps", "0"], "--steps must be a whole number at least 1, got 0"),
        (["beale", "--noise", "-1"], "noise must be a finite number, at least 0, got -1"),
        (["beale", "--batch-size", "1"], "batch_size is for surfaces made of cases"),
        (["beale", "--optimizers", "sdg"], "unknown optimizer 'sdg' (did you mean 'sgd'?)"),
        (["beale", "--rules", "none.py"], "--rules none.py: there is no such file"),
        (
            ["beale", "--animate", "a.avi"],
            "an animation is a .gif, .mp4 or .html file, got 'a.avi'",
        ),
        (["beale", "--output", "folder"], "--output must be a picture like surface.png"),
        (["beale", "--output", "a.xyz"], "xyz"),
        (["beale", "--output", "no/a.png"], "no/a.png"),
    ],
)
def test_a_mistake_gets_one_line_and_status_2(here, capsys, words, message):
    assert cli.main(["surface", *words]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1 and captured.err.startswith("minnet: ")
    assert not list(here.iterdir())
