"""Animations as files: a GIF, an MP4, or a page with its own player that fetches nothing.

What stands still is drawn once: that is quick, and makes a page a tenth as large.
"""

import base64
import html
import io
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, FuncAnimation
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

MOVING = "moving"  # the gid of what is drawn anew in every frame
DPI = {".gif": 90, ".html": 80, ".mp4": 150}
SHADES = 5  # of every line's colour, for its edges
# The player's icons come from a web font; these signs are in every font.
SIGNS = {
    "minus": "-", "fast-backward": "|◀", "step-backward": "◀◀", "play fa-flip-horizontal": "◀",
    "pause": "❚❚", "play": "▶", "step-forward": "▶▶", "fast-forward": "▶|", "plus": "+",
}  # fmt: skip


def parts(figure: Figure) -> tuple[list, list]:
    """The artists of a figure that move, and those that stand still; none where none moves."""
    inside = [child for axes in figure.axes for child in axes.get_children()]
    every = [figure.patch, *figure.texts, *figure.legends, *inside]
    moving = [artist for artist in every if artist.get_gid() == MOVING]
    return moving, [a for a in every if a not in moving and a.get_visible()] if moving else []


def show(artists: list, visible: bool) -> None:
    for artist in artists:
        artist.set_visible(visible)


def picture(figure: Figure, dpi: float) -> Image.Image:
    """A figure as an image."""
    with io.BytesIO() as file:
        figure.savefig(file, format="png", dpi=dpi)
        return Image.open(file).convert("RGBA")


def background(figure: Figure, dpi: float) -> Image.Image:
    """A figure without what moves, as an image."""
    moving, _ = parts(figure)
    show(moving, False)
    try:
        return picture(figure, dpi)
    finally:
        show(moving, True)


def palette_of(figure: Figure, still: Image.Image) -> Image.Image:
    """A palette with the colour of every line, as an image for Pillow.

    Pillow's own choice goes by area: thin lines would get each other's colours.
    """
    used = sorted({to_rgb(line.get_color()) for axes in figure.axes for line in axes.lines})[:40]
    far = np.linspace(1, 0, SHADES, endpoint=False)[:, None]
    shades = [far * colour + (1 - far) * 0.85 for colour in np.array(used)]
    colours = (255 * np.concatenate([*shades, [[0, 0, 0], [1, 1, 1]]])).round()
    ground = still.convert("RGB").quantize(256 - len(colours), dither=Image.Dither.NONE)
    rest = np.reshape(ground.getpalette(), (-1, 3))
    apart = np.abs(rest[:, None] - colours).max(axis=2).min(axis=1) > 8
    every = np.concatenate([colours, rest[apart]]).astype(np.uint8)[:256]
    image = Image.new("P", (1, 1))
    image.putpalette(every.tobytes() + every[-1].tobytes() * (256 - len(every)))
    return image


class GifWriter(AbstractMovieWriter):
    """Frames over one background, with one palette, as a GIF."""

    def setup(self, fig, outfile, dpi=None):
        super().setup(fig, outfile, dpi)
        self.background, self.images = background(fig, self.dpi), []
        self.palette = palette_of(fig, self.background)
        self.still = parts(fig)[1]

    def grab_frame(self, **options):
        show(self.still, False)
        try:
            frame = Image.alpha_composite(self.background, picture(self.fig, self.dpi))
        finally:
            show(self.still, True)
        frame = frame.convert("RGB").quantize(palette=self.palette, dither=Image.Dither.NONE)
        self.images.append(frame)

    def finish(self):
        first, *rest = self.images
        first.save(
            self.outfile, "GIF", save_all=True, append_images=rest, duration=1000 / self.fps, loop=0
        )


def page(animation: FuncAnimation, alt: str = "optimizers on an error surface") -> str:
    """The animation as HTML, with a player that fetches nothing.

    Parameters
    ----------
    animation : FuncAnimation
    alt : str
        What the picture shows, for those who cannot see it.
    """
    figure = animation._fig
    still = background(figure, DPI[".html"])
    behind = data_uri(still.convert("RGB").quantize(palette=palette_of(figure, still), dither=0))
    _, hidden = parts(figure)
    show(hidden, False)
    try:
        with mpl.rc_context({"savefig.dpi": DPI[".html"], "animation.embed_limit": 200}):
            text = animation.to_jshtml(fps=rate(animation), default_mode="once")
    finally:
        show(hidden, True)
    text = re.sub(r"data:image/png;base64,([^\"]+)", _smaller, text)
    text = re.sub(r"<link\b[^>]*>", "", text)  # to the web font
    text = re.sub(r'<i class="fa fa-([a-z -]+)"></i>', _sign, text)
    text = re.sub(
        r'<button title="([^"]*)"(?! aria-label)', r'<button title="\1" aria-label="\1"', text
    )
    text = text.replace('<input id="_anim_slider', '<input aria-label="Frame" id="_anim_slider')
    style = f"background: url({behind}) 0 0 / 100% 100%"
    image = f'<img alt="{html.escape(alt)}" style="{style}" id="_anim_img'
    return text.replace('<img id="_anim_img', image)


def data_uri(image: Image.Image) -> str:
    """An image as the address of a PNG inside a page."""
    with io.BytesIO() as file:
        image.save(file, "PNG", optimize=True)
        return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _smaller(frame: re.Match) -> str:
    with io.BytesIO(base64.b64decode(frame[1].replace("\\", ""))) as file:
        return data_uri(Image.open(file).quantize(128, Image.Quantize.FASTOCTREE))


def _sign(icon: re.Match) -> str:
    return f'<span aria-hidden="true">{SIGNS.get(icon[1], "•")}</span>'


def rate(animation: FuncAnimation) -> float:
    """Frames a second."""
    return 1000 / animation._interval


def check_film(path) -> str:
    """The kind of film that a file name asks for; a ValueError if it cannot be made here."""
    kind = Path(path).suffix.lower()
    if kind not in DPI:
        raise ValueError(f"an animation is a .gif, .mp4 or .html file, got {str(path)!r}")
    if kind == ".mp4" and not FFMpegWriter.isAvailable():
        raise ValueError(f"{path} needs ffmpeg, which is not found: install it, or write a .gif")
    return kind


def save(animation: FuncAnimation, path, alt: str = "optimizers on an error surface") -> None:
    """Write an animation as .gif, .html or, with ffmpeg, .mp4.

    Raises
    ------
    ValueError
        If the name ends otherwise, or ffmpeg is not found.
    """
    kind = check_film(path)
    if kind == ".html":
        body = page(animation, alt)
        title = html.escape(alt)
        Path(path).write_text(
            f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>'
            f"</head>\n<body>\n{body}\n</body>\n</html>\n",
            encoding="utf-8",
        )
        return
    writer = {".gif": GifWriter, ".mp4": FFMpegWriter}[kind]
    animation.save(str(path), writer=writer(fps=rate(animation)), dpi=DPI[kind])
