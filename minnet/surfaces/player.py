"""A player for films as HTML: frames over a still background, with buttons and a slider.

F  frames
"""

import hashlib
import html
import json
from collections.abc import Sequence
from string import Template

# What the buttons do: the name in the script, what a screen reader says, and a sign of every font.
BUTTONS = (
    ("slower", "Slower", "-"), ("first", "First frame", "|◀"), ("back", "Previous frame", "◀◀"),
    ("reverse", "Play backwards", "◀"), ("pause", "Pause", "❚❚"), ("play", "Play", "▶"),
    ("forth", "Next frame", "▶▶"), ("last", "Last frame", "▶|"), ("faster", "Faster", "+"),
)  # fmt: skip
MODES = (("once", "Once"), ("loop", "Loop"), ("bounce", "Back and forth"))
STYLE = """
.film { display: inline-block; max-width: 100%; text-align: center; }
.film img { max-width: 100%; }
.film input[type=range] { display: block; margin: .5em auto; width: min(24em, 100%); }
.film button { min-width: 2.6em; min-height: 2.2em; }
.film label { margin: 0 .6em 0 .2em; }
"""
SCRIPT = Template("""
(() => {
  const film = document.getElementById("$id"), frames = $frames;
  const picture = film.querySelector("img"), slider = film.querySelector("[type=range]");
  const last = frames.length - 1;
  let at = 0, direction = 0, wait = $milliseconds, clock = null;
  const show = (frame) => {
    at = Math.min(Math.max(frame, 0), last);
    picture.src = frames[at];
    slider.value = at;
  };
  const run = (way) => {
    clearInterval(clock);
    direction = way;
    clock = way ? setInterval(advance, wait) : null;
  };
  const advance = () => {
    const next = at + direction;
    const mode = film.querySelector("[type=radio]:checked").value;
    if (0 <= next && next <= last) show(next);
    else if (mode === "loop") show(direction > 0 ? 0 : last);
    else run(mode === "bounce" ? -direction : 0);
  };
  const start = (way, from, end) => {
    if (at === end) show(from);
    run(way);
  };
  const change = (factor) => {
    wait *= factor;
    run(direction);
  };
  const acts = {
    slower: () => change(1.4), faster: () => change(1 / 1.4), pause: () => run(0),
    first: () => show(0), last: () => show(last),
    back: () => show(at - 1), forth: () => show(at + 1),
    play: () => start(1, 0, last), reverse: () => start(-1, last, 0),
  };
  for (const button of film.querySelectorAll("button")) button.onclick = acts[button.name];
  slider.oninput = () => show(Number(slider.value));
  show(0);
})();
""")
PLAYER = Template("""<style>$style</style>
<div class="film" id="$id">
<img alt="$alt" style="background: url($background) 0 0 / 100% 100%">
<input type="range" min="0" max="$last" value="0" aria-label="Frame">
<div>
$buttons
</div>
<form>
$modes
</form>
</div>
<script>$script</script>
""")


def player(frames: Sequence[str], background: str, milliseconds: float, alt: str) -> str:
    """A player as a piece of HTML, to stand in a page of its own or among others.

    Parameters
    ----------
    frames : sequence of str
        F pictures as data URIs, each as large as the background and transparent beside what moves.
    background : str
        The picture of what stands still, as a data URI.
    milliseconds : float
        How long a frame is shown at first; greater than 0.
    alt : str
        What the film shows, for those who cannot see it.

    Returns
    -------
    str
        The same for the same arguments; its ids are a digest of them.
    """
    name = hashlib.sha256("\n".join([*frames, background, alt]).encode()).hexdigest()[:12]
    script = SCRIPT.substitute(
        id=f"film-{name}", frames=json.dumps(list(frames)), milliseconds=f"{milliseconds:g}"
    )
    buttons = [
        f'<button type="button" name="{act}" title="{label}" aria-label="{label}">'
        f'<span aria-hidden="true">{sign}</span></button>'
        for act, label, sign in BUTTONS
    ]
    modes = [
        f'<input type="radio" name="mode" value="{mode}" id="film-{name}-{mode}"'
        f'{" checked" if mode == "once" else ""}><label for="film-{name}-{mode}">{label}</label>'
        for mode, label in MODES
    ]
    return PLAYER.substitute(
        id=f"film-{name}", style=STYLE, script=script, alt=html.escape(alt), background=background,
        last=len(frames) - 1, buttons="\n".join(buttons), modes="\n".join(modes),
    )  # fmt: skip


def document(body: str, title: str) -> str:
    """A whole page around a piece of HTML, with a title that is still to be escaped."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
</head>
<body>
{body}
</body>
</html>
"""
