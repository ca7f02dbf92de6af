"""The parser of the command line: commands and options, with their defaults and help.

Only the standard library is imported here, so that `minnet --help` is quick.
"""

import argparse
from collections.abc import Iterable
from typing import Any

EXAMPLES = """\
examples:
  minnet race
  minnet race --optimizers "sgd(lr=0.5), rprop, rmsprop(lr=0.002, decay=0.9)" --epochs 10
  minnet race --optimizers "rmsprop(lr=[0.001, 0.003, 0.01, 0.03])" --output rates
  minnet race --optimizers "rmsprop(lr=cosine(0.02)), sgd(lr=plateau(0.5))" --stop "patience(5)"
  minnet race --data my.csv --hidden 50,20 --unit relu --batch-size 16
  minnet race --rules mine.py --optimizers "sgd(0.5), my_rule(lr=0.1)"
  minnet race --epochs 1000 --checkpoint-every 500 --output long;  minnet race --resume long
  minnet step "rmsprop(lr=0.01)" --gradients "0.1*9, -0.9" --cycles 2
  minnet surface long-valley --animate valley.gif
  minnet optimizers
"""
OPTIMIZERS = "sgd(lr=0.5), rprop, adagrad(lr=0.1), rmsprop(lr=0.01)"

Option = tuple[str, dict[str, Any], str]  # name, keywords of argparse, help without the default

DATA_AND_NET: tuple[Option, ...] = (
    ("--data", {"default": "digits"}, "a name (see `minnet data`), a file, or a folder"),
    ("--target", {}, "target column of a .csv, or the .npy file with the targets"),
    ("--task", {"choices": ["classification", "regression"]}, "what the targets are"),
    (
        "--transforms",
        {"default": "", "metavar": "TEXT"},
        'of the inputs: "shift, scale, drop(0.99)"',
    ),
    ("--hidden", {"default": "32"}, "hidden units of each layer, e.g. 128,64, or none"),
    ("--unit", {"default": "tanh"}, "hidden unit: one name, or one a layer: tanh,relu"),
    ("--output-unit", {}, "default: softmax for classes, linear for numbers"),
    ("--loss", {}, "cross-entropy, squared or mean-squared (default: by the data)"),
    ("--init", {"default": "lecun"}, "lecun, glorot, he, normal:SD or uniform:A"),
    ("--l2", {"type": float, "default": 0.0}, "L2 penalty on the weights"),
    ("--no-biases", {"action": "store_true"}, "units without biases"),
)
DESCENT: tuple[Option, ...] = (
    ("--optimizers", {"default": OPTIMIZERS}, "the runs"),
    ("--rules", {"metavar": "FILE.py"}, "your own rules, to be named in --optimizers"),
    ("--batch-size", {"type": int, "default": 32}, "cases in a mini-batch"),
    ("--epochs", {"type": int, "default": 20}, "passes over the data"),
    ("--order", {"default": "shuffled"}, "shuffled, cyclic, balanced, replacement or full"),
    ("--drop-short", {"action": "store_true"}, "drop a last, shorter mini-batch"),
    ("--seed", {"type": int, "default": 0}, "of start weights and mini-batches"),
    ("--dtype", {"default": "float32"}, "float32 or float64"),
    ("--threads", {"type": int}, "runs trained at a time (default: all cores)"),
    (
        "--device",
        {"metavar": "NAME"},
        "cpu, cuda, cuda:1 or cuda-sim, the slow CUDA simulator (default: cpu)",
    ),
    ("--evaluate-every", {"type": int, "default": 1, "metavar": "EPOCHS"}, "0: only at the end"),
    ("--stop", {"default": ""}, 'early stopping: "patience(5), target(0.02), time_limit(60)"'),
)
OUTPUT: tuple[Option, ...] = (
    ("--output", {"metavar": "DIR"}, "a new or empty folder (default: race-1, race-2, ...)"),
    ("--weights", {"action": "store_true"}, "save final and best weights too (race.npz)"),
    ("--json", {"action": "store_true"}, "print the report as JSON instead of the table"),
    ("--linear", {"action": "store_true"}, "linear loss axis in the figure"),
    (
        "--checkpoint-every",
        {"type": int, "metavar": "STEPS"},
        "save the state of the race as it goes (checkpoint.npz)",
    ),
    (
        "--resume",
        {"metavar": "DIR"},
        "go on with the race in this folder; other words but --device are ignored",
    ),
)
LECTURE: tuple[Option, ...] = (
    ("--quick", {"action": "store_true"}, "fewer seeds; the figures say so"),
    ("--claims", {"action": "store_true"}, "print the table of verdicts, write no figures"),
    ("--json", {"action": "store_true"}, "print the verdicts as JSON"),
    ("--output", {"metavar": "DIR", "default": "lecture6"}, "folder for the figures"),
    ("--html", {"metavar": "DIR"}, "write the web edition instead, of all parts if none is named"),
)
STEP: tuple[Option, ...] = (
    (
        "--gradients",
        {"default": "0.1*9, -0.9", "metavar": "TEXT"},
        "numbers, number*count, a file with one number a line, or - for standard input; "
        "write --gradients=-1,1 if the first one is negative",
    ),
    (
        "--errors",
        {"metavar": "TEXT"},
        "E at each step, for rules that ask if it grew; written so too",
    ),
    ("--cycles", {"type": int, "default": 1}, "how often the gradients come"),
    ("--start", {"type": float, "default": 0.0}, "the weight before the first step"),
    ("--rules", {"metavar": "FILE.py"}, "your own rules"),
    ("--json", {"action": "store_true"}, "print JSON instead of the table"),
    ("--html", {"metavar": "FILE.html"}, "write the table as a web page too"),
)
SURFACE: tuple[Option, ...] = (
    ("--optimizers", {"metavar": "TEXT"}, 'e.g. "sgd(lr=0.01), rmsprop" (default: a choice)'),
    ("--rules", {"metavar": "FILE.py"}, "your own rules, to be named in --optimizers"),
    ("--start", {"metavar": "X,Y"}, "the two weights; write --start=-1,1 if X is negative"),
    ("--steps", {"type": int}, "steps of every optimizer"),
    ("--condition", {"type": float}, "condition number of the bowl"),
    ("--angle", {"type": float, "metavar": "DEGREES"}, "of the bowl's long axis"),
    ("--cases", {"metavar": "TEXT"}, 'of the linear neuron: "101,101:2 101,99:0"'),
    ("--batch-size", {"type": int}, "take the gradient on so many of these cases at a time"),
    ("--order", {"default": "cyclic"}, "of the cases: cyclic, shuffled or replacement"),
    ("--noise", {"type": float, "default": 0.0, "metavar": "SD"}, "added to each gradient"),
    ("--seed", {"type": int, "default": 0}, "of noise and order"),
    ("--output", {"metavar": "FILE.png"}, "the figure (default: NAME.png)"),
    ("--animate", {"metavar": "FILE"}, "a .gif, .html or .mp4 of the race instead"),
)


def add_options(group: argparse._ActionsContainer, options: Iterable[Option]) -> None:
    """Add options to a parser, with their defaults in the help.

    Parameters
    ----------
    group : argparse.ArgumentParser or a group of one
    options : iterable of (str, dict, str)
        Name, keywords of ``add_argument`` and help of each.
    """
    for option, keywords, text in options:
        default = keywords.get("default")
        help_ = f"{text} (default: {default})" if default not in (None, "") else text
        group.add_argument(option, help=help_, **keywords)


def parser() -> argparse.ArgumentParser:
    """Make the parser of the command line.

    Returns
    -------
    argparse.ArgumentParser
        Its results have the command's name as `command`.
    """
    layout: dict[str, Any] = {
        "epilog": EXAMPLES,
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }
    top = argparse.ArgumentParser(
        prog="minnet", description="Update rules of Hinton's Lecture 6, side by side.", **layout
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    race = commands.add_parser(
        "race",
        help="train one net with many optimizers, side by side",
        description="Train one net with many optimizers: same start weights, same mini-batches.",
        **layout,
    )
    for title, options in (
        ("data and net", DATA_AND_NET),
        ("descent", DESCENT),
        ("output", OUTPUT),
    ):
        group = race.add_argument_group(title)
        add_options(group, options)
    commands.add_parser(
        "optimizers", help="list the update rules with their hyperparameters and formulas"
    )
    dialects = commands.add_parser("dialects", help="what the libraries' rules do differently")
    dialects.add_argument("--figure", metavar="FILE.png", help="draw it as well")
    data = commands.add_parser("data", help="list the data sets, or download one")
    data.add_argument("name", nargs="?", metavar="NAME", help="mnist or fashion-mnist")
    lecture = commands.add_parser(
        "lecture",
        help="Lecture 6, running: a figure for every slide, a verdict on every claim",
        description="Without a part: list the parts.",
    )
    lecture.add_argument("parts", nargs="*", metavar="PART", help="6a, 6b, 6c, 6d, 6e or all")
    add_options(lecture, LECTURE)
    step = commands.add_parser(
        "step",
        help="one weight, step by step: what a rule remembers and how far it goes",
        description="Follow one weight through given gradients; by default those of slide 28.",
    )
    step.add_argument(
        "optimizer",
        nargs="?",
        default="rmsprop(lr=0.01)",
        metavar="OPTIMIZER",
        help="the rule (default: rmsprop(lr=0.01))",
    )
    add_options(step, STEP)
    surface = commands.add_parser(
        "surface",
        help="optimizers on an error surface of two weights, as a figure or an animation",
        description="Without a name: list the surfaces.",
    )
    surface.add_argument("name", nargs="?", metavar="NAME", help='e.g. beale, or "plane(slope=2)"')
    add_options(surface, SURFACE)
    commands.add_parser("doctor", help="what minnet stands on here, and what to mend")
    cache = commands.add_parser("cache", help="the compiled kernels that are kept on disk")
    cache.add_argument("what", choices=["clear"], help="clear: remove them all")
    return top
