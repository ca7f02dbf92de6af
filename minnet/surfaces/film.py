"""Animations as files: a GIF, an MP4, or a web page with a player of its own.

What stands still is drawn once: that is quick, and makes a page a tenth as large.  Of matplotlib
only the public interface for writers of films is used.
"""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, FuncAnimation, writers
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from .player import document, player

MOVING = "moving"  # the gid of what is drawn anew in every frame
DPI = {".gif": 90, ".html": 80, ".mp4": 150}
SHADES = 5  # of every line's colour, for its edges
# The names under which matplotlib has the writers; minnet's own are registered below.
WRITERS = {".gif": "minnet-gif", ".html": "minnet-html", ".mp4": "ffmpeg"}
ALT = "optimizers on an error surface"


def parts(figure: Figure) -> tuple[list[Artist], list[Artist]]:
    """The artists of a figure that move, and all others; two empty lists if none moves."""
    inside = [child for axes in figure.axes for child in axes.get_children()]
    every: list[Artist] = [figure.patch, *figure.texts, *figure.legends, *inside]
    moving = [artist for artist in every if artist.get_gid() == MOVING]
    return moving, [a for a in every if a not in moving and a.get_visible()] if moving else []


def show(artists: Sequence[Artist], visible: bool) -> None:
    """Make artists visible or invisible."""
    for artist in artists:
        artist.set_visible(visible)


def picture(figure: Figure, dpi: float) -> Image.Image:
    """A figure as an RGBA image, with `dpi` pixels an inch."""
    with io.BytesIO() as file:
        figure.savefig(file, format="png", dpi=dpi)
        return Image.open(file).convert("RGBA")


def background(figure: Figure, dpi: float) -> Image.Image:
    """A figure without what moves, as an RGBA image."""
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
    rest = np.array(ground.getpalette()).reshape(-1, 3)
    apart = np.abs(rest[:, None] - colours).max(axis=2).min(axis=1) > 8
    every = np.concatenate([colours, rest[apart]]).astype(np.uint8)[:256]
    image = Image.new("P", (1, 1))
    image.putpalette(every.tobytes() + every[-1].tobytes() * (256 - len(every)))
    return image


class LayersWriter(AbstractMovieWriter):
    """The frames of an animation as layers over one background; subclasses write the file.

    `Animation.save` makes one, with the frames a second and the metadata, and calls its methods.
    """

    @classmethod
    def isAvailable(cls) -> bool:
        """Whether it can be used: always, it needs no other program."""
        return True

    def setup(self, fig: Figure, outfile: str | Path, dpi: float | None = None) -> None:
        """Draw what stands still."""
        super().setup(fig, outfile, dpi)
        self.background = background(fig, self.dpi)
        self.palette = palette_of(fig, self.background)
        self.still = parts(fig)[1]
        self.layers: list[Image.Image] = []

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        """Draw what moves, as it is now."""
        show(self.still, False)
        try:
            self.layers.append(self.packed(picture(self.fig, self.dpi)))
        finally:
            show(self.still, True)

    def packed(self, layer: Image.Image) -> Image.Image:
        """A layer as it is kept in memory until the end."""
        return layer


@writers.register(WRITERS[".gif"])
class GifWriter(LayersWriter):
    """Writes a GIF whose frames share one palette."""

    def packed(self, layer: Image.Image) -> Image.Image:
        """The whole frame, in the palette's colours."""
        frame = Image.alpha_composite(self.background, layer).convert("RGB")
        return frame.quantize(palette=self.palette, dither=Image.Dither.NONE)

    def finish(self) -> None:
        """Write the file."""
        first, *rest = self.layers
        first.save(
            self.outfile, "GIF", save_all=True, append_images=rest, duration=1000 / self.fps, loop=0
        )


@writers.register(WRITERS[".html"])
class PlayerWriter(LayersWriter):
    """Writes the player's HTML, without the page around it; the title in `metadata` is its alt."""

    def packed(self, layer: Image.Image) -> Image.Image:
        """The layer with a palette of its own, and its transparency."""
        return layer.quantize(128, Image.Quantize.FASTOCTREE)

    def finish(self) -> None:
        """Write the file."""
        ground = self.background.convert("RGB")
        ground = ground.quantize(palette=self.palette, dither=Image.Dither.NONE)
        frames = [data_uri(layer) for layer in self.layers]
        alt = self.metadata.get("title", ALT)
        text = player(frames, data_uri(ground), 1000 / self.fps, alt)
        Path(self.outfile).write_text(text, encoding="utf-8")


def data_uri(image: Image.Image) -> str:
    """An image as a PNG in a data URI, which a page holds itself."""
    with io.BytesIO() as file:
        image.save(file, "PNG", optimize=True)
        return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def check_film(path: Path | str) -> str:
    """The ending of a film's file name; a ValueError if such a film cannot be made here."""
    kind = Path(path).suffix.lower()
    if kind not in DPI:
        raise ValueError(f"an animation is a .gif, .mp4 or .html file, got {str(path)!r}")
    if kind == ".mp4" and not FFMpegWriter.isAvailable():
        raise ValueError(f"{path} needs ffmpeg, which is not found: install it, or write a .gif")
    return kind


def page(animation: FuncAnimation, alt: str = ALT) -> str:
    """An animation as a piece of HTML, with a player that fetches nothing.

    Parameters
    ----------
    animation : FuncAnimation
        Artists whose gid is `MOVING` are drawn anew in every frame, all others once; `animate`
        makes such animations.
    alt : str
        What the film shows, for those who cannot see it.

    Returns
    -------
    str
        HTML to stand in a page, or in a notebook: ``IPython.display.HTML(page(animation))``.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, "film.html")
        write(animation, path, alt)
        return path.read_text(encoding="utf-8")


def save(animation: FuncAnimation, path: Path | str, alt: str = ALT) -> None:
    """Write an animation as .gif, .html or, with ffmpeg, .mp4.

    Parameters
    ----------
    animation : FuncAnimation
        As for `page`.
    path : path or str
        The file; its ending says what it becomes, and a file of that name is overwritten.
    alt : str
        What the film shows, for those who cannot see it: the title of a page and of an .mp4.

    Raises
    ------
    ValueError
        If the name ends otherwise, or ffmpeg is not found.
    """
    if check_film(path) == ".html":
        Path(path).write_text(document(page(animation, alt), alt), encoding="utf-8")
    else:
        write(animation, Path(path), alt)


def write(animation: FuncAnimation, path: Path, alt: str) -> None:
    """Save an animation with the writer for the path's ending, at the animation's own rate."""
    kind = path.suffix.lower()
    animation.save(str(path), writer=WRITERS[kind], dpi=DPI[kind], metadata={"title": alt})
