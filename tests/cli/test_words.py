"""Does `minnet --help` tell the truth, and at once?"""

import inspect
import re
import shlex

import pytest
from new_python import printed

import minnet as mn
from minnet.cli import main as cli, words
from minnet.cli.words import DATA_AND_NET, DESCENT, EXAMPLES, OUTPUT, parser
from minnet.racing.stopping import as_criteria

OPTIONS = [*DATA_AND_NET, *DESCENT, *OUTPUT]
NAMES = [option for option, _, _ in OPTIONS]


def helped(capsys, *command):
    with pytest.raises(SystemExit) as done:
        parser().parse_args([*command, "--help"])
    assert done.value.code == 0
    return capsys.readouterr().out


def parsed(*given):
    return parser().parse_args(["race", *given])


# ---------------------------------------------------------------------------- help


@pytest.mark.parametrize("columns", ["200", "40"])
def test_every_option_its_words_and_its_default_stand_in_the_help(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    text = "".join(helped(capsys, "race").split())  # lines are folded anywhere
    for option, given, told in OPTIONS:
        assert option in text and "".join(told.split()) in text, option
        if given.get("default") not in (None, ""):
            assert "".join(f"{told} (default: {given['default']})".split()) in text, option
    assert "L2penaltyontheweights(default:0.0)" in text


def test_what_is_default_is_told_by_someone():
    """An option has a default, or its words tell it, or without the option there is no such thing.

    The last are listed here, so that who adds one thinks of it.
    """
    left_out = {"--target", "--task", "--transforms", "--rules", "--stop", "--checkpoint-every",
                "--resume"}  # fmt: skip
    for option, given, told in OPTIONS:
        flag = given.get("action") == "store_true"
        default = given.get("default") not in (None, "") or "default:" in told
        assert flag or default or option in left_out, option


def test_every_command_is_told_and_there(capsys):
    text = helped(capsys)
    (commands,) = [a for a in parser()._actions if a.dest == "command"]
    assert set(commands.choices) == set(cli.COMMANDS)
    for command in commands.choices:
        assert re.search(rf"\n    {command}\s", text)
        assert "usage: minnet" in helped(capsys, command)


def test_options_are_told_once_and_in_their_groups(capsys):
    assert len(set(NAMES)) == len(NAMES)
    text = helped(capsys, "race")
    places = [text.index(f"\n{title}:") for title in ("data and net", "descent", "output")]
    assert places == sorted(places)
    assert places[0] < text.index("\n  --hidden") < places[1] < text.index("\n  --epochs")
    assert places[2] < text.index("\n  --weights")


def test_help_and_words_import_the_standard_library_only():
    code = (
        "import sys\n"
        "from minnet.cli import words, folders, main\n"
        "from minnet import ownrules\n"
        "words.parser().parse_args(['race', '--epochs', '3'])\n"
        "words.parser().format_help()\n"
        "heavy = {'numpy', 'numba', 'matplotlib', 'scipy', 'tqdm', 'threadpoolctl'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "print(sorted(name for name in sys.modules if name.startswith('minnet.')))\n"
    )
    heavy, own = printed(code).splitlines()
    assert heavy == "[]"
    assert own == str(
        [
            "minnet.cli", "minnet.cli.folders", "minnet.cli.main", "minnet.cli.words",
            "minnet.ownrules",
        ]
    )  # fmt: skip


def commands_in(text):
    lines = [line.strip() for line in text.splitlines() if line.startswith("  minnet")]
    return [command.strip() for line in lines for command in line.split(";  ")]


@pytest.mark.parametrize("example", commands_in(EXAMPLES))
def test_the_examples_are_understood(example):
    given = shlex.split(example)
    assert given[0] == "minnet"
    options = parser().parse_args(given[1:])
    if options.command == "race":
        assert mn.parse(options.optimizers, {"my_rule": lambda w, g, lr=0.1: w - lr * g})
        assert len(as_criteria(options.stop)) == options.stop.count("(")


def test_there_are_examples(capsys):
    assert len(commands_in(EXAMPLES)) > 5
    assert EXAMPLES in helped(capsys) and EXAMPLES in helped(capsys, "race")


# ---------------------------------------------------------------------------- words and the library


def test_defaults_are_those_of_the_library():
    options, known = parsed(), inspect.signature(mn.race).parameters
    for name in ("batch_size", "epochs", "seed", "dtype", "evaluate_every", "threads"):
        assert getattr(options, name) == known[name].default, name
    assert options.order == known["plan"].default
    assert options.drop_short == (not known["keep_short"].default)
    assert tuple(as_criteria(options.stop)) == tuple(known["stop"].default)
    assert options.checkpoint_every is known["checkpoint_every"].default
    net = inspect.signature(mn.MLP).parameters
    assert options.unit == net["hidden"].default and options.init == net["init"].default
    assert options.l2 == net["l2"].default and options.no_biases == (not net["biases"].default)
    assert options.output_unit is net["output"].default
    assert len(mn.parse(options.optimizers)) == 4 and options.optimizers == words.OPTIMIZERS


def test_words_become_what_they_say():
    options = parsed(
        "--data", "my.csv", "--epochs", "3", "--batch-size=7", "--l2", "0.5", "--no-biases",
        "--drop-short", "--json", "--checkpoint-every", "9", "--resume", "there",
    )  # fmt: skip
    assert (options.data, options.epochs, options.batch_size) == ("my.csv", 3, 7)
    assert options.l2 == 0.5 and options.no_biases and options.drop_short and options.json
    assert options.checkpoint_every == 9 and options.resume == "there"
    assert not options.weights and not options.linear and options.output is None
    assert options.command == "race"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["race", "--epochs", "many"], "argument --epochs: invalid int value: 'many'"),
        (["race", "--l2", "x"], "argument --l2: invalid float value: 'x'"),
        (["race", "--epoch"], "expected one argument"),
        (["race", "--momentum", "0.9"], "unrecognized arguments: --momentum 0.9"),
        (["rcae"], "invalid choice: 'rcae'"),
        (["cache", "clean"], "invalid choice: 'clean'"),
        (["optimizers", "--json"], "unrecognized arguments: --json"),
    ],
)
def test_words_that_mean_nothing(capsys, given, message):
    with pytest.raises(SystemExit) as refused:
        parser().parse_args(given)
    assert refused.value.code == 2
    error = capsys.readouterr().err
    assert message in error and error.startswith("usage: minnet")


def test_no_words_are_no_command():
    options = parser().parse_args([])
    assert options.command is None and not options.version
    assert parser().parse_args(["--version"]).version
