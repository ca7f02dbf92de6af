"""Animations and their files: frames show the steps, colours stay, the page needs no network."""

import ast
import base64
import io
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.animation
import numpy as np
import pytest
from matplotlib.animation import FFMpegWriter
from matplotlib.colors import to_rgb
from PIL import Image

import minnet
from minnet.report.plot import COLOURS
from minnet.surfaces import film, player, roll
from minnet.surfaces.animation import animate

PATHS = roll("saddle", ["sgd(lr=0.05)", "momentum(lr=0.05)", "rmsprop(lr=0.05)"], steps=12)


def moving(animation):
    lines = [line for line in animation._fig.axes[0].lines if line.get_gid() == film.MOVING]
    return lines[1:4], lines[4:]  # after the ring at the start: the paths, the places reached


def test_a_frame_shows_the_paths_up_to_its_step():
    animation = animate(PATHS, frames=4)
    draw = animation._func
    for frame, step in enumerate((0, 3, 6, 9, 12)):
        *_, clock = draw(frame)
        tails, heads = moving(animation)
        assert clock.get_text() == f"step {step}"
        for w, tail, head in zip(PATHS.w, tails, heads, strict=True):
            np.testing.assert_array_equal(tail.get_xydata(), w[: step + 1])
            np.testing.assert_array_equal(head.get_xydata(), w[step : step + 1])
    animation._draw_was_started = True  # it was drawn by hand


def test_more_frames_than_steps_are_not_made(tmp_path):
    film.save(animate(PATHS, frames=60), tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 13


@pytest.mark.parametrize("given", [{"frames": 0}, {"frames": 1.5}, {"seconds": 0}])
def test_frames_and_seconds_are_positive(given):
    with pytest.raises(ValueError, match=next(iter(given))):
        animate(PATHS, **given)


def colours_in(image):
    return {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}


def test_a_gif_keeps_every_runs_colour_and_its_white(tmp_path):
    film.save(animate(PATHS, frames=3, seconds=2), tmp_path / "a.gif")
    wanted = {tuple(round(255 * part) for part in to_rgb(colour)) for colour in COLOURS[:3]}
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 4 and image.info["duration"] == 500
        frames = []
        for frame in range(4):
            image.seek(frame)
            frames.append(np.array(image.convert("RGB")).astype(int))
            assert wanted | {(255, 255, 255)} <= colours_in(image)
    assert all((a != b).any() for a, b in itertools.pairwise(frames))
    # what stands still is the same in all, the title say
    assert (frames[0][:40] == frames[3][:40]).all()


class Names(HTMLParser):
    """Elements that are operated, with what a screen reader says of them."""

    def __init__(self, text):
        super().__init__()
        self.named, self.labels, self.addresses, self.tags = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append(tag)
        if tag in ("button", "input", "img"):
            self.named.append((given.get("aria-label") or given.get("alt"), given.get("id")))
        if tag == "label":
            self.labels.add(given["for"])
        self.addresses += [given[key] for key in ("src", "href") if key in given]


def test_a_page_fetches_nothing_and_all_its_controls_have_names(tmp_path):
    film.save(animate(PATHS, frames=3), tmp_path / "a.html", alt="three < rules")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    names = Names(text)
    assert "http://" not in text and "https://" not in text and "link" not in names.tags
    assert not names.addresses and "fa-" not in text
    assert len(names.named) == 1 + 1 + 9 + 3  # picture, slider, buttons, ways to repeat
    assert all(name or at in names.labels for name, at in names.named)
    assert names.named[0][0] == "three < rules" and "<title>three &lt; rules</title>" in text
    assert all(sign in text for _, _, sign in player.BUTTONS)


def test_the_pictures_of_a_page_lie_over_one_that_stands_still():
    text = film.page(animate(PATHS, frames=3))
    found = re.findall(r'data:image/png;base64,([^)"]+)', text)
    behind, *frames = [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]
    assert len(frames) == 4 and {frame.size for frame in frames} == {behind.size}
    for frame in frames:
        alpha = np.array(frame.convert("RGBA"))[..., 3]
        assert 0 < (alpha > 0).mean() < 0.1  # only what moves
    assert behind.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.slow
def test_a_page_is_the_same_each_time_and_knows_its_rate():
    first, again = (film.page(animate(PATHS, frames=4, seconds=2)) for _ in range(2))
    assert first == again and "wait = 400," in first  # five frames in two seconds
    assert first.count('value="once"') == 1 and 'max="4"' in first


def test_the_player_escapes_what_it_is_told():
    text = player.player(["data:a", "data:b"], "data:c", 50.0, 'a "b" <script>')
    assert text.count("<script>") == 1 and 'alt="a &quot;b&quot; &lt;script&gt;"' in text
    assert "$" not in text


def test_every_button_has_its_act():
    for act, _, _ in player.BUTTONS:
        assert re.search(rf"\b{act}: \(\) =>", player.SCRIPT.template), act


@pytest.mark.slow
def test_films_need_nothing_that_is_private_to_matplotlib(monkeypatch, tmp_path):
    """Its own page, its templates and the private names of an animation may all go."""
    before = film.page(animate(PATHS, frames=3))
    for name in ("HTMLWriter", "JS_INCLUDE", "STYLE_INCLUDE", "DISPLAY_TEMPLATE"):
        monkeypatch.delattr(matplotlib.animation, name)
    monkeypatch.delattr(matplotlib.animation.Animation, "to_jshtml")
    assert film.page(animate(PATHS, frames=3)) == before
    film.save(animate(PATHS, frames=3), tmp_path / "a.gif")
    assert (tmp_path / "a.gif").exists()


def files_that_use_matplotlib():
    package = Path(minnet.__file__).parent
    return [path for path in sorted(package.rglob("*.py")) if "matplotlib" in path.read_text()]


@pytest.mark.parametrize("path", files_that_use_matplotlib(), ids=lambda path: path.name)
def test_no_private_name_of_matplotlib_is_used(path):
    """`_name` of something that is not one's own class, or imported from outside."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and not node.attr.startswith("__"):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            assert own or not node.attr.startswith("_"), f"{path.name}: {node.attr}"
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            assert not [name for name in names if name.startswith("_") and name[1:2] != "_"]


def test_a_figure_is_left_as_it_was():
    animation = animate(PATHS, frames=2)
    artists = [a for part in film.parts(animation._fig) for a in part]
    film.page(animation)
    assert artists and all(artist.get_visible() for artist in artists)


def test_other_names_are_refused(tmp_path):
    animation = animate(PATHS, frames=2)
    with pytest.raises(ValueError, match=r"an animation is a \.gif, \.mp4 or \.html file, got"):
        film.save(animation, tmp_path / "a.avi")
    animation._draw_was_started = True  # it need not be drawn


def test_without_ffmpeg_the_way_out_is_named(monkeypatch):
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    with pytest.raises(ValueError, match=r"a.mp4 needs ffmpeg, which is not found: install it, or"):
        film.check_film("a.mp4")


@pytest.mark.skipif(not FFMpegWriter.isAvailable(), reason="ffmpeg is not installed")
def test_with_ffmpeg_there_is_an_mp4(tmp_path):
    film.save(animate(PATHS, frames=3), tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
