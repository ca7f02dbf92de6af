"""Do type checkers and editors see the public names, with their signatures?"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import minnet

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.S | re.M)
HEAD = "import minnet as mn\n\nnet = mn.MLP([64, 32, 10])\n"
WRONG = {
    'mn.race(net, "digits", "sgd", bach_size=3)': 'Unexpected keyword argument "bach_size"',
    "mn.RMSprop(learning_rate=0.1)": 'Unexpected keyword argument "learning_rate"',
    'mn.rase(net, "digits", "sgd")': 'Module has no attribute "rase"',
}


def checked(tmp_path, *texts):
    """What mypy says about some programs that use minnet, and its exit status."""
    paths = []
    for k, text in enumerate(texts):
        paths.append(tmp_path / f"program_{k}.py")
        paths[-1].write_text(text)
    command = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml"]
    command += ["--allow-untyped-defs", "--check-untyped-defs"]  # as a user writes
    command += ["--cache-dir", tmp_path / "cache", *paths]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return run.stdout + run.stderr, run.returncode


@pytest.mark.slow
def test_the_examples_of_the_readme_and_three_wrong_ones(tmp_path):
    assert EXAMPLES
    wrong = [f"{HEAD}{line}\n" for line in WRONG]
    said, status = checked(tmp_path, *EXAMPLES, *wrong)
    assert status == 1, said
    for k, message in enumerate(WRONG.values(), start=len(EXAMPLES)):
        lines = [line for line in said.splitlines() if f"program_{k}.py" in line]
        assert any(message in line for line in lines), said
    for k in range(len(EXAMPLES)):
        assert f"program_{k}.py" not in said, said


def test_what_type_checkers_see_is_what_there_is():
    """The block under TYPE_CHECKING names exactly what `__getattr__` imports."""
    text = Path(minnet.__file__).read_text()
    block = text[text.index("if TYPE_CHECKING:") : text.index("# Where each public name lives")]
    seen = {}
    for module, names in re.findall(r"from \.(\S*) import (\([^)]*\)|[^\n]*)", block):
        for name, again in re.findall(r"(\w+) as (\w+)", names):
            assert name == again
            seen[name] = module
    homes = {name: module for module, names in minnet._HOMES.items() for name in names.split()}
    assert seen == homes | minnet._MODULES
