"""Text, formulas and code of a cell, as HTML."""

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer


@dataclass(frozen=True)
class Heading:
    """A heading of the text.

    Parameters
    ----------
    level : int
        As written, from 1.
    html : str
    anchor : str
    """

    level: int
    html: str
    anchor: str


def formula(latex: str, options: dict[str, Any]) -> str:
    """A formula as MathML.

    Parameters
    ----------
    latex : str
    options : dict
        With "display_mode": whether it stands on a line of its own.

    Raises
    ------
    ValueError
        If a command in it is unknown.
    """
    display = options["display_mode"]
    try:
        return _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        reason = str(error).strip()
        raise ValueError(f"formula ${latex.strip()}$ cannot be typeset: {reason}") from None


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


@cache
def _markdown() -> MarkdownIt:
    setter = MarkdownIt("commonmark", {"html": False}).enable("table")
    setter.use(dollarmath_plugin, renderer=formula, allow_labels=False, double_inline=True)
    setter.add_render_rule("math_inline_double", _displayed)
    return setter


def _displayed(
    renderer: RendererProtocol, tokens: Sequence[Token], place: int, options: OptionsDict,
    environment: MutableMapping[str, Any],
) -> str:  # fmt: skip
    """A formula on a line of its own inside a paragraph, where the plugin's div must not stand."""
    mathml = formula(tokens[place].content, {"display_mode": True})
    return f'<span class="math block">{mathml}</span>'


def prose(text: str, *, shift: int = 0, taken: set[str] | None = None) -> tuple[str, list[Heading]]:
    """Markdown as HTML, and its headings.

    Parameters
    ----------
    text : str
    shift : int
        Levels by which headings are moved down; default 0.
    taken : set of str
        Anchors that stand on the page already; the new ones are added.
    """
    taken = set() if taken is None else taken
    setter, headings = _markdown(), []
    tokens = setter.parse(text)
    for k, token in enumerate(tokens):
        if token.type == "heading_open":
            inline = tokens[k + 1]
            anchor = anchor_of(inline.content, taken)
            html = setter.renderer.render([inline], setter.options, {})
            headings.append(Heading(int(token.tag[1]), html, anchor))
            token.attrSet("id", anchor)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
    return setter.renderer.render(tokens, setter.options, {}), headings


def anchor_of(text: str, taken: set[str]) -> str:
    """A short anchor made of what stands before a heading's dot, unlike those on the page.

    Parameters
    ----------
    text : str
        Of the heading.
    taken : set of str
        Anchors that stand on the page already; the new one is added.

    Examples
    --------
    >>> anchor_of("Slide 3 · Downhill is *not* towards $w$", {"slide-3"})
    'slide-3-2'
    """
    stem = "-".join(re.findall(r"[a-z0-9]+", text.partition("·")[0].lower())) or "section"
    names = [stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))]
    anchor = next(name for name in names if name not in taken)
    taken.add(anchor)
    return anchor


def code(source: str) -> str:
    """Python as HTML with a class for every kind of token.

    Parameters
    ----------
    source : str
    """
    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")
