"""Figures for the web: smaller files, and text alternatives."""

from pathlib import Path

from matplotlib.axes import Axes
from PIL import Image

from ..session import Drawing

COLOURS = 256  # a figure has hardly more; a file of so many is a third as big
MOST = 12  # names of lines that are read out


def shrink(path: Path) -> None:
    """Write a picture again with no more than 256 colours.

    Parameters
    ----------
    path : Path
        Of the picture.
    """
    with Image.open(path) as picture:
        reduced = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    reduced.save(path)


def alternative(drawing: Drawing) -> str:
    """The title of a figure, then what stands on the axes of its panels and in their legends.

    Parameters
    ----------
    drawing : Drawing
    """
    panels = [text for text in map(_panel, drawing.figure.axes) if text]
    if len(panels) > 1:
        panels = [f"Panel {k}: {text}" for k, text in enumerate(panels, 1)]
    return " ".join([_sentence(drawing.title), *map(_sentence, panels)])


def _panel(axes: Axes) -> str:
    if axes.get_label() == "<colorbar>":
        return ""
    x, y = _plain(axes.get_xlabel()), _plain(axes.get_ylabel())
    facts = [_plain(axes.get_title()) or _plain(axes.get_title(loc="left"))]
    facts.append(f"{y} against {x}" if x and y else x or y)
    legend = axes.get_legend()
    if legend is not None:
        names = [_plain(text.get_text()) for text in legend.get_texts()]
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        facts.append("shown: " + ", ".join(names[:MOST]) + more)
    elif not x:  # bars are named on their axis
        names = [_plain(text.get_text()) for text in axes.get_xticklabels()]
        names = [name for name in names if name and not _is_number(name)]
        facts.append("shown: " + ", ".join(names[:MOST]) if names else "")
    written = [_plain(text.get_text()) for text in axes.texts]  # a panel may hold nothing else
    for table in axes.tables:
        written += [_plain(cell.get_text().get_text()) for cell in table.get_celld().values()]
    if not any(facts):
        facts.append(", ".join(filter(None, written)))
    return "; ".join(filter(None, facts))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _plain(text: str) -> str:
    """A label on one line, without the dollars and backslashes of formulas."""
    return " ".join(text.replace("$", "").replace("\\", "").split())


def _is_number(text: str) -> bool:
    try:
        float(text.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return False
    return True
