"""The words that `minnet` understands on the command line, and their defaults.

Only the standard library is imported here, so that `minnet --help` is quick.
"""

import argparse

EXAMPLES = """\
examples:
  minnet race
  minnet race --optimizers "sgd(lr=0.5), rprop, rmsprop(lr=0.002, decay=0.9)" --epochs 10
  minnet race --optimizers "rmsprop(lr=[0.001, 0.003, 0.01, 0.03])" --output rates
  minnet race --optimizers "rmsprop(lr=cosine(0.02)), sgd(lr=plateau(0.5))" --stop "patience(5)"
  minnet race --data my.csv --hidden 50,20 --unit relu --batch-size 16
  minnet race --rules mine.py --optimizers "sgd(0.5), my_rule(lr=0.1)"
  minnet race --epochs 1000 --checkpoint-every 500 --output long;  minnet race --resume long
  minnet optimizers
"""
OPTIMIZERS = "sgd(lr=0.5), rprop, adagrad(lr=0.1), rmsprop(lr=0.01)"

# Option, what argparse is told about it, and its help; defaults are added to the help.
DATA_AND_NET = (
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
DESCENT = (
    ("--optimizers", {"default": OPTIMIZERS}, "the runs"),
    ("--rules", {"metavar": "FILE.py"}, "your own rules, to be named in --optimizers"),
    ("--batch-size", {"type": int, "default": 32}, "cases in a mini-batch"),
    ("--epochs", {"type": int, "default": 20}, "passes over the data"),
    ("--order", {"default": "shuffled"}, "shuffled, cyclic, balanced, replacement or full"),
    ("--drop-short", {"action": "store_true"}, "drop a last, shorter mini-batch"),
    ("--seed", {"type": int, "default": 0}, "of start weights and mini-batches"),
    ("--dtype", {"default": "float32"}, "float32 or float64"),
    ("--threads", {"type": int}, "runs trained at a time (default: all cores)"),
    ("--evaluate-every", {"type": int, "default": 1, "metavar": "EPOCHS"}, "0: only at the end"),
    ("--stop", {"default": ""}, 'early stopping: "patience(5), target(0.02), time_limit(60)"'),
)
OUTPUT = (
    ("--output", {"metavar": "DIR"}, "a new or empty folder (default: race-1, race-2, ...)"),
    ("--weights", {"action": "store_true"}, "save final and best weights too (race.npz)"),
    ("--json", {"action": "store_true"}, "print the report as JSON instead of the table"),
    ("--linear", {"action": "store_true"}, "linear loss axis in the figure"),
    (
        "--checkpoint-every",
        {"type": int, "metavar": "STEPS"},
        "save the state of the race as it goes (checkpoint.npz)",
    ),
    ("--resume", {"metavar": "DIR"}, "go on with the race in this folder; other words are ignored"),
)


def parser() -> argparse.ArgumentParser:
    """The parser of all of `minnet`'s words."""
    layout = {"epilog": EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
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
        for option, given, text in options:
            default = given.get("default")
            told = f"{text} (default: {default})" if default not in (None, "") else text
            group.add_argument(option, help=told, **given)
    commands.add_parser("optimizers", help="list the update rules with their numbers and formulas")
    dialects = commands.add_parser("dialects", help="what the libraries' rules do differently")
    dialects.add_argument("--figure", metavar="FILE.png", help="draw it as well")
    data = commands.add_parser("data", help="list the data sets, or download one")
    data.add_argument("name", nargs="?", metavar="NAME", help="mnist or fashion-mnist")
    commands.add_parser("doctor", help="what minnet stands on here, and what to mend")
    cache = commands.add_parser("cache", help="the compiled kernels that are kept on disk")
    cache.add_argument("what", choices=["clear"], help="clear: remove them all")
    return top
