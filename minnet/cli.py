"""The command line: words in, one call of the library, files and a table out.

Only the standard library is imported before the words are understood, so that `--help` is quick.
"""

import argparse
import logging
import os
import sys

EXAMPLES = """\
examples:
  minnet race
  minnet race --optimizers "sgd(lr=0.5), rprop, rmsprop(lr=0.002, decay=0.9)" --epochs 10
  minnet race --optimizers "rmsprop(lr=[0.001, 0.003, 0.01, 0.03])" --output rates
  minnet race --data my.csv --hidden 50,20 --unit relu --batch-size 16
  minnet race --rules mine.py --optimizers "sgd(0.5), my_rule(lr=0.1)"
  minnet optimizers
"""
OPTIMIZERS = "sgd(lr=0.5), rprop, adagrad(lr=0.1), rmsprop(lr=0.01)"
INTERRUPTED = 130
CHECKPOINT = "checkpoint.npz"


def parser() -> argparse.ArgumentParser:
    """The words that `minnet` understands."""
    top = argparse.ArgumentParser(
        prog="minnet",
        description="Update rules of Hinton's Lecture 6, trained side by side.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    race = commands.add_parser(
        "race",
        help="train one net with many optimizers, side by side",
        description="Train one net with many optimizers: same start weights, same mini-batches.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands.add_parser("optimizers", help="list the update rules with their numbers and formulas")
    _data_and_net(race.add_argument_group("data and net"))
    _descent(race.add_argument_group("descent"))
    out = race.add_argument_group("output")
    out.add_argument(
        "--output", metavar="DIR", help="a new or empty folder (default: race-1, race-2, ...)"
    )
    out.add_argument(
        "--weights", action="store_true", help="save final and best weights too (race.npz)"
    )
    out.add_argument(
        "--json", action="store_true", help="print the report as JSON instead of the table"
    )
    out.add_argument("--linear", action="store_true", help="linear loss axis in the figure")
    return top


def _data_and_net(group) -> None:
    group.add_argument(
        "--data", default="digits", help="a name or a .csv or .npz file (default: digits)"
    )
    group.add_argument(
        "--hidden", default="32", help="hidden units, e.g. 32 or 128,64 or none (default: 32)"
    )
    group.add_argument(
        "--unit", default="tanh", help="hidden unit, one or one a layer: tanh,relu (default: tanh)"
    )
    group.add_argument("--output-unit", help="default: softmax for classes, linear for numbers")
    group.add_argument(
        "--loss", help="cross-entropy, squared or mean-squared (default: by the data)"
    )
    group.add_argument(
        "--init", default="lecun", help="lecun, glorot, he, normal:SD or uniform:A (default: lecun)"
    )
    group.add_argument(
        "--l2", type=float, default=0.0, help="L2 penalty on the weights (default: 0)"
    )
    group.add_argument("--no-biases", action="store_true", help="units without biases")


def _descent(group) -> None:
    group.add_argument("--optimizers", default=OPTIMIZERS, help=f'default: "{OPTIMIZERS}"')
    group.add_argument(
        "--rules", metavar="FILE.py", help="your own rules, to be named in --optimizers"
    )
    group.add_argument(
        "--batch-size", type=int, default=32, help="cases in a mini-batch (default: 32)"
    )
    group.add_argument("--epochs", type=int, default=20, help="passes over the data (default: 20)")
    group.add_argument(
        "--order", default="shuffled", help="shuffled, cyclic, balanced, replacement or full"
    )
    group.add_argument("--drop-short", action="store_true", help="drop a last, shorter mini-batch")
    group.add_argument(
        "--seed", type=int, default=0, help="of start weights and mini-batches (default: 0)"
    )
    group.add_argument("--dtype", default="float32", help="float32 or float64 (default: float32)")
    group.add_argument("--threads", type=int, help="runs trained at a time (default: all cores)")
    group.add_argument(
        "--evaluate-every",
        type=int,
        default=1,
        metavar="EPOCHS",
        help="0: only at the end (default: 1)",
    )


def main(argv: list[str] | None = None) -> int:
    """Run `minnet` with these words; the exit status: 0 well, 1 failed, 2 bad input."""
    top = parser()
    words = sys.argv[1:] if argv is None else argv
    options = top.parse_args(words)
    options.words = list(words)
    if options.version:
        from . import __version__

        print(f"minnet {__version__}")
        return 0
    if options.command is None:
        top.print_help()
        return 2
    logging.basicConfig(format="minnet: %(message)s", level=logging.INFO)
    try:
        return list_optimizers() if options.command == "optimizers" else race(options)
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
        print("minnet: interrupted before the race began", file=sys.stderr)
        return INTERRUPTED


def race(options: argparse.Namespace) -> int:
    """`minnet race`: load, train, draw, write."""
    from . import folders

    if options.resume:
        return _resumed(options)
    with folders.claimed(options.output) as folder:
        return _raced(options, folder, resume=False)


def _resumed(options: argparse.Namespace) -> int:
    """Go on with the race whose checkpoint, with its words, stands in a folder."""
    from pathlib import Path

    from . import checkpoint

    folder = Path(options.resume)
    text, _ = checkpoint.read(folder / CHECKPOINT)
    saved = parser().parse_args(text["words"])
    saved.words = text["words"]
    return _raced(saved, folder, resume=True)


def _raced(options: argparse.Namespace, folder, *, resume: bool) -> int:
    from . import folders

    report = _trained(options, folder, resume=resume)
    folders.write(folder, report, weights=options.weights, log=not options.linear)
    if options.json:
        import json

        print(json.dumps(report.to_dict()))
    else:
        print(report)
    print(f"wrote {folders.listing(folder)}", file=sys.stderr if options.json else sys.stdout)
    return INTERRUPTED if report.interrupted else 0


def _trained(options: argparse.Namespace, folder, *, resume: bool):
    from .checkpoint import Checkpoint
    from .checks import check_whole
    from .data import load
    from .notation import parse
    from .ownrules import rules_in
    from .racing import race as run

    chosen = parse(options.optimizers, rules_in(options.rules) if options.rules else None)
    data = load(options.data, dtype=options.dtype)
    saving = None
    if options.checkpoint_every is not None:
        check_whole("--checkpoint-every", options.checkpoint_every, 1)
        saving = Checkpoint(folder / CHECKPOINT, options.checkpoint_every, tuple(options.words))
    full = options.order == "full"
    return run(
        _net(options, data),
        data,
        chosen,
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
        progress=sys.stderr.isatty(),
    )


def _net(options: argparse.Namespace, data):
    from .mlp import MLP

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


def list_optimizers() -> int:
    """`minnet optimizers`: every rule in the notation, with its formula."""
    from .catalogue import OPTIMIZERS

    for make in OPTIMIZERS:
        optimizer = make()
        formula = " ".join((optimizer.rule.__doc__ or "").split("\n\n")[0].split())
        print(f"{optimizer}\n    {make.__doc__.splitlines()[0]}\n    {formula}")
    return 0
