"""The notation of optimizers, schedules, criteria, surfaces and transforms, and its one reader.

A text is a list of terms, separated by commas:

    sgd(0.5), rprop+, torch.rmsprop(lr=cosine(0.01, end=0.001), centered=true), Long-Valley

- A term is a name, or a call: ``name(first, other=value)``.
- A name, of a hyperparameter too, is written in small letters or capitals, with ``-`` or ``_``.
  It may have dots; ``rprop+`` is ``rprop_plus``, and ``rprop-`` is ``rprop_minus``.
- A value is a number, a string, ``true``, ``false`` or ``none``, a list ``[1, 2]`` or a tuple
  ``(1, 2)`` of values, or again a call.  What a list means is up to the caller: `minnet.parse`
  makes one optimizer for each of its values.
- The first value of a call may stand without its name; each hyperparameter is given once.
- A text has at most 10,000 characters, and its brackets are at most 30 deep.

Python's own parser reads the text; nothing in it is run.
"""

import ast
import inspect
import re
import warnings
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, TypeVar, cast

from .checks import did_you_mean

MOST_CHARACTERS = 10_000
MOST_BRACKETS = 30
MOST_QUOTED = 80  # characters of a text that an error repeats
WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None}
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
# A string, which stays as it is, or a name with hyphens and a sign, which Python's names have not.
SPELLED = re.compile(r"""'[^']*'|"[^"]*"|\b([^\W\d]\w*(?:-[^\W\d]\w*)*)([+-](?=\s*(?:[,(]|$)))?""")
SIGNS = {"+": "_plus", "-": "_minus", None: ""}

Made = TypeVar("Made")


@dataclass(frozen=True)
class Term:
    """A name with its values, before it is known whether there is such a name.

    Attributes
    ----------
    name : str
        As it is written; of ``rprop+`` it is "rprop_plus".
    tree : ast.Call
        The call that Python's parser reads there.
    """

    name: str
    tree: ast.Call

    @property
    def text(self) -> str:
        """The term in quotes, for errors."""
        return _quoted(ast.unparse(self.tree))


@dataclass(frozen=True)
class Call(Generic[Made]):
    """A maker and the values for it by the names of its parameters, in the order of the text.

    Attributes
    ----------
    term : Term
        What was written.
    name : str
        The maker's name, as it is known.
    maker : callable
    values : dict
    """

    term: Term
    name: str
    maker: Callable[..., Made]
    values: dict[str, Any]

    @property
    def parameters(self) -> list[str]:
        """The names that the notation may use."""
        known = inspect.signature(self.maker).parameters.values()
        return [word.name for word in known if word.kind != word.POSITIONAL_ONLY]

    @property
    def usage(self) -> str:
        """An error's words: what was written, and how it is written."""
        return f"{self.term.text} must be {self.name}({', '.join(self.parameters)})"

    def __call__(self, *own: object) -> Made:
        """What the maker makes of them; ValueError if one is missing, or none that it can take.

        `own` are the maker's positional-only arguments.
        """
        try:
            return self.maker(*own, **self.values)
        except (TypeError, ArithmeticError, LookupError) as error:
            raise ValueError(self.usage) from error


def terms(text: str, example: str, what: str = "") -> list[Term]:
    """The terms of a text.

    Parameters
    ----------
    text : str
    example : str
        A text that can be read, for the error.
    what : str
        What the text is, for the error: "transforms".

    Raises
    ------
    ValueError
        If the text is no list of names and calls, or too long or too deep.

    Examples
    --------
    >>> [(term.name, term.text) for term in terms("SGD(.5), rprop+", "sgd")]
    [('SGD', "'SGD(0.5)'"), ('rprop_plus', "'rprop_plus()'")]
    """
    try:
        nodes = _parsed(text)
    except (SyntaxError, AttributeError, TypeError, ValueError, RecursionError, MemoryError):
        raise _unreadable(text, example, what) from None
    found = []
    for node in nodes:
        if (term := _term(node)) is None:
            raise _unreadable(ast.unparse(node), example, what)
        found.append(term)
    return found


def one_term(text: str, example: str, what: str = "") -> Term:
    """The term of a text that has to be one; otherwise as `terms`."""
    found = terms(text, example, what)
    if len(found) != 1:
        raise _unreadable(text, example, what)
    return found[0]


def bind(
    term: Term,
    what: str,
    makers: Mapping[str, Callable[..., Made]],
    *,
    several: bool = False,
    inner: Callable[[Term], object] | None = None,
) -> Call[Made]:
    """The call that a term means, checked against the signature of the maker that it names.

    Parameters
    ----------
    term : Term
    what : str
        What the makers make, for errors: "optimizer".
    makers : mapping of str to callable
        Their positional-only parameters are not for the notation.
    several : bool
        Whether more than one value may stand without a name.
    inner : callable, optional
        What becomes of a call among the values; None: there may be none.

    Raises
    ------
    ValueError
        If a name is unknown (with the nearest known one) or given twice, there are too many values,
        or one is no value.

    Examples
    --------
    >>> (term,) = terms("Complex(2, imag=-1)", "complex(1)")
    >>> bind(term, "number", {"complex": complex})()
    (2-1j)
    """
    name = _known_name(what, term.name, makers)
    # A rule has hyperparameters, anything else has parameters.
    values = f"{'hyper' if what in ('optimizer', 'schedule') else ''}parameters of {name}"
    call = Call(term, name, makers[name], {})
    known, first, others = call.parameters, term.tree.args, term.tree.keywords
    if len(first) > 1 and not several:
        raise ValueError(f"name the {values} after the first one: {term.text}")
    if len(first) > len(known):
        raise ValueError(call.usage)
    for word in [*map(ast.keyword, known, first), *others]:
        if word.arg is None:
            raise _not_plain(f"**{ast.unparse(word.value)}", values)
        key = _known_name(values.replace("parameters", "parameter", 1), word.arg, known)
        if key in call.values:
            raise ValueError(f"{key} of {name} is given twice: {call.usage}")
        call.values[key] = _value(word.value, values, inner)
    return call


def _parsed(text: str) -> list[ast.expr]:
    """Python's trees of the parts between the commas."""
    depths = accumulate((sign in "([{") - (sign in ")]}") for sign in text)
    if len(text) > MOST_CHARACTERS or max(depths, default=0) > MOST_BRACKETS:
        raise ValueError
    plain = SPELLED.sub(_spelled, text.strip())
    with warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)  # "0.1or 0.2", say, is not one either
        parts = cast(ast.List, ast.parse(f"[{plain}]", mode="eval").body).elts
    ast.unparse(cast(ast.AST, parts))  # what Python cannot write down again, no error can quote
    return parts


def _spelled(match: re.Match[str]) -> str:
    return match[1].replace("-", "_") + SIGNS[match[2]] if match[1] else match[0]


def _known_name(what: str, name: str, known: Collection[str]) -> str:
    """The one of the known names that `name` spells, with other capitals perhaps."""
    spelled = {word.lower().replace("-", "_"): word for word in known}
    spelled |= {word: word for word in known}
    name = name if name in spelled else name.lower()
    if name not in spelled:
        raise ValueError(f"unknown {what} {_quoted(name)}{did_you_mean(name, known)}")
    return spelled[name]


def _term(node: ast.expr) -> Term | None:
    """The term that a tree is; None: it is neither a name nor the call of one."""
    call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
    name = ast.unparse(call.func)
    return Term(name, call) if DOTTED.fullmatch(name) else None


def _value(node: ast.expr, values: str, inner: Callable[[Term], object] | None) -> object:
    """The value that a tree is, one of those `values`, as errors call them."""
    if isinstance(node, (ast.List, ast.Tuple)):
        elements = [_value(element, values, inner) for element in node.elts]
        return elements if isinstance(node, ast.List) else tuple(elements)
    if isinstance(node, ast.Call) and inner is not None and (term := _term(node)):
        return inner(term)
    text = ast.unparse(node)
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    with suppress(ValueError, TypeError):
        if isinstance(value := ast.literal_eval(node), (int, float, str)):
            return value
    raise _not_plain(text, values)


def _unreadable(part: object, example: str, what: str) -> ValueError:
    words = " ".join(filter(None, ["cannot read", what, _quoted(part)]))
    return ValueError(f"{words}; write e.g. {example!r}")


def _not_plain(text: str, values: str) -> ValueError:
    return ValueError(f"{values} must be plain numbers or lists of them: {_quoted(text)}")


def _quoted(text: object) -> str:
    """A text in quotes, cut off where it would make an error long."""
    if isinstance(text, str) and len(text) >= MOST_QUOTED:
        text = f"{text[: MOST_QUOTED - 3]}..."
    return repr(text)
