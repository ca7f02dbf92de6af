"""The commands of the command line, each a few calls of the library, and their exit status.

The library is imported only after the words are parsed, so that help and refusals come at once.
"""

import argparse
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .words import parser

if TYPE_CHECKING:
    from ..data import Data
    from ..net.mlp import MLP
    from ..report.report import Report

INTERRUPTED = 130
KNOWN = ("resume", "device")  # options that may stand beside --resume

log = logging.getLogger("minnet")


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : list of str, optional
        The words after `minnet`; left out, those of this process.

    Returns
    -------
    int
        The exit status: 0 if all went well, 1 if something failed, 2 for bad input, 130 for Ctrl-C.
    """
    top = parser()
    words = sys.argv[1:] if argv is None else argv
    options = top.parse_args(words)
    options.words = list(words)
    if options.version:
        from .. import __version__

        print(f"minnet {__version__}")
        return 0
    if options.command is None:
        top.print_help()
        return 2
    logging.basicConfig(format="minnet: %(message)s")  # of other libraries: warnings only
    logging.getLogger("minnet").setLevel(logging.INFO)
    try:
        return COMMANDS[options.command](options)
    except (ValueError, TypeError, FileNotFoundError, IsADirectoryError) as error:
        print(f"minnet: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"minnet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("minnet: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED


def race(options: argparse.Namespace) -> int:
    """`minnet race`: train, draw, write.

    Parameters
    ----------
    options : argparse.Namespace
        What the parser made of the words, as for the other commands.

    Returns
    -------
    int
        The exit status.
    """
    from . import folders

    if options.resume:
        return _resume(options)
    with folders.claimed(options.output) as folder:
        return _run_race(options, folder, resume=False)


def _resume(options: argparse.Namespace) -> int:
    """Go on with a race from the checkpoint, and the words in it, that a folder contains."""
    from ..racing import checkpoint
    from . import folders

    folder = Path(options.resume)
    text, _ = checkpoint.read(folder / folders.CHECKPOINT)
    if not text.get("words"):
        raise ValueError(
            f"{folder / folders.CHECKPOINT} was not saved by `minnet race`: resume it in Python"
        )
    names = [word[2:].partition("=")[0] for word in options.words if word[:2] == "--"]
    others = [f"--{name}" for name in names if not any(k.startswith(name) for k in KNOWN)]
    if others:
        log.info("%s: the saved race goes on with its own words", ", ".join(others))
    saved = parser().parse_args(text["words"])
    saved.words = text["words"]
    saved.device = options.device or saved.device
    with folders.in_use(folder):
        return _run_race(saved, folder, resume=True)


def _run_race(options: argparse.Namespace, folder: Path, *, resume: bool) -> int:
    """Train, write the files into the folder, and print the table."""
    from . import folders

    try:
        return _train_and_write(options, folder, resume=resume)
    except KeyboardInterrupt:  # a second one, or while the files are written
        files = folders.listing(folder, checkpoint=True)
        hint = f"; go on with --resume {folder}" if folders.CHECKPOINT in files else ""
        print(
            f"minnet: interrupted; in {folder} there is {files or 'nothing'}{hint}", file=sys.stderr
        )
        return INTERRUPTED


def _train_and_write(options: argparse.Namespace, folder: Path, *, resume: bool) -> int:
    from . import folders

    report = _train(options, folder, resume=resume)
    try:
        folders.write(folder, report, weights=options.weights, log=not options.linear)
    finally:  # the table is there even if the disk is full
        print(json.dumps(report.to_json()) if options.json else report)
    print(f"wrote {folders.listing(folder)}", file=sys.stderr if options.json else sys.stdout)
    if report.info["lost"]:
        return 1
    return INTERRUPTED if report.interrupted else 0


def _train(options: argparse.Namespace, folder: Path, *, resume: bool) -> "Report":
    from ..checks import check_whole
    from ..data import load, transformed
    from ..optimizers.notation import parse
    from ..ownrules import rules_in
    from ..racing.checkpoint import Checkpoint
    from ..racing.racing import race as run
    from .folders import CHECKPOINT

    optimizers = parse(options.optimizers, rules_in(options.rules) if options.rules else None)
    target = options.target
    if target is not None and target.lstrip("-").isdigit():
        target = int(target)
    data = load(options.data, dtype=options.dtype, target=target, task=options.task)
    data = transformed(data, options.transforms)
    saving = None
    if options.checkpoint_every is not None:
        check_whole("--checkpoint-every", options.checkpoint_every, 1)
        saving = Checkpoint(folder / CHECKPOINT, options.checkpoint_every, tuple(options.words))
    full = options.order == "full"
    return run(
        _net(options, data),
        data,
        optimizers,
        batch_size=len(data.train) if full else options.batch_size,
        epochs=options.epochs,
        seed=options.seed,
        plan=options.order,
        keep_short=not options.drop_short,
        dtype=options.dtype,
        evaluate_every=options.evaluate_every,
        stop=options.stop,
        checkpoint=saving,
        resume=resume,
        threads=options.threads,
        device=options.device or "cpu",
        progress=sys.stderr.isatty(),
    )


def _net(options: argparse.Namespace, data: "Data") -> "MLP":
    from ..net.mlp import MLP

    loss = options.loss or ("cross-entropy" if data.classes is not None else "squared")
    units = options.unit.split(",")
    kind, _, size = options.init.partition(":")
    return MLP(
        [data.n_inputs, *_whole_numbers("--hidden", options.hidden), data.n_outputs],
        hidden=units[0] if len(units) == 1 else units,
        output=options.output_unit,
        loss=loss,
        biases=not options.no_biases,
        l2=options.l2,
        init=(kind, _number("--init", size)) if size else kind,
    )


def _whole_numbers(option: str, text: str) -> list[int]:
    words = [] if text.strip() in ("", "none", "0") else text.split(",")
    try:
        return [int(word) for word in words]
    except ValueError:
        raise ValueError(
            f"{option} must be whole numbers like 128,64 or none, got {text!r}"
        ) from None


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{option} must end in a number like normal:0.1, got {text!r}") from None


def list_optimizers(options: argparse.Namespace) -> int:
    """`minnet optimizers`: print every rule in the notation, with its formula."""
    from ..optimizers.catalogue import OPTIMIZERS

    for make in OPTIMIZERS:
        optimizer = make()
        formula = " ".join((optimizer.rule.__doc__ or "").split("\n\n")[0].split())
        summary = (make.__doc__ or "").partition("\n")[0]
        print(f"{optimizer}\n    {summary}\n    {formula}")
    return 0


def list_dialects(options: argparse.Namespace) -> int:
    """`minnet dialects`: print, and perhaps draw, how the libraries' rules differ."""
    from ..dialects import compare

    print(compare.comparison())
    if options.figure:
        compare.draw_comparison().savefig(options.figure)
        print(f"wrote {options.figure}")
    return 0


def data_sets(options: argparse.Namespace) -> int:
    """`minnet data`: print the list of data sets; `minnet data NAME`: download one."""
    from ..data.download import fetch
    from ..data.sets import sets_table

    if options.name is None:
        print(sets_table())
    else:
        print(f"{options.name} is in {fetch(options.name, sys.stderr.isatty())}")
    return 0


def lecture(options: argparse.Namespace) -> int:
    """`minnet lecture`: list the parts, or write figures and verdicts of some of them."""
    from ..lecture.command import run

    return run(options)


def step(options: argparse.Namespace) -> int:
    """`minnet step`: print the steps of one weight."""
    from ..stepwise.stepping import command

    return command(options)


def surface(options: argparse.Namespace) -> int:
    """`minnet surface`: list the error surfaces; `minnet surface NAME`: draw rules on one."""
    from ..surfaces.scenes import listing, show

    print(listing() if options.name is None else f"wrote {', '.join(show(options))}")
    return 0


def doctor(options: argparse.Namespace) -> int:
    """`minnet doctor`: check the installation; the status is 1 if something is to be mended."""
    from .doctor import examine, report

    findings = examine()
    print(report(findings))
    return int(any(finding.remedy for finding in findings))


def cache(options: argparse.Namespace) -> int:
    """`minnet cache clear`: remove the compiled kernels."""
    from .doctor import clear_cache

    print(clear_cache())
    return 0


COMMANDS = {
    "race": race,
    "optimizers": list_optimizers,
    "dialects": list_dialects,
    "data": data_sets,
    "lecture": lecture,
    "step": step,
    "surface": surface,
    "doctor": doctor,
    "cache": cache,
}
