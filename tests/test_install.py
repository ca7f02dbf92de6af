"""Does every message that advises an install name this project, and not the index's `minnet`?"""

import re
from pathlib import Path

import pytest

from minnet import install

ROOT = Path(__file__).parents[1]
PLACES = (".ci", ".github", "datasets", "lectures", "minnet", "tests")
STRANGERS = re.compile(
    r"pip install\b[^\n]*?[\s'\"]minnet(?![\w/-])|(?<![\w-])minnet\[[a-z]+\]"
    r"|\b(re)?install minnet\b(?!-)"
)


def texts():
    """Every text file of the repository."""
    paths = [path for path in ROOT.iterdir() if path.is_file()]
    for place in PLACES:
        paths += [p for p in (ROOT / place).rglob("*") if p.is_file() and p != Path(__file__)]
    for path in sorted(paths):
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:  # a picture, an archive, compiled Python
            continue


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A folder with this project's pyproject.toml."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"))
    monkeypatch.setattr(install, "FOLDER", tmp_path)
    return tmp_path


def test_in_a_clone_the_dot_is_installed(clone, monkeypatch):
    monkeypatch.chdir(clone)
    assert install.advice("web") == 'pip install -e ".[web]"'
    assert install.advice() == 'pip install -e "."'


def test_from_another_folder_the_clone_is_named(clone, monkeypatch):
    (clone / "race").mkdir()
    monkeypatch.chdir(clone / "race")
    assert install.advice("web") == f'pip install -e "{clone}[web]"'


@pytest.mark.parametrize("text", [None, "", "[project", "[project]", '[project]\nname = "minnet"'])
def test_elsewhere_the_distribution_is_installed(tmp_path, monkeypatch, text):
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.setattr(install, "FOLDER", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert install.advice("web") == 'pip install "minnet-lecture6[web]"'
    assert install.advice() == 'pip install "minnet-lecture6"'


def test_the_pattern_finds_the_forms_of_old():
    for text in (
        "pip install minnet", "pip install 'minnet[data]'", 'python -m pip install "minnet[web]"',
        "pip install minnet[cuda]", "not installed (minnet[cuda])", '    "minnet[web]",',
    ):  # fmt: skip
        assert STRANGERS.search(text), text
    for text in (
        'pip install "minnet-lecture6[web]"', 'pip install -e ".[web]"', "`minnet data mnist`",
        'pip install -q -e ".[web]" && .venv/bin/minnet lecture', "mypy minnet",
    ):  # fmt: skip
        assert not re.search(STRANGERS, text.split("&&")[0]), text


def test_nothing_advises_to_install_a_strangers_package():
    wrong = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path, text in texts()
        for line in text.splitlines()
        if any(STRANGERS.search(command) for command in re.split(r"&&|;|`", line))
    ]
    assert not wrong, "\n".join(["advice to install another project's minnet:", *wrong])


def test_one_function_knows_how_to_install():
    """Messages of the package and the lectures take the command from it."""
    known = {
        path.relative_to(ROOT).as_posix()
        for path, text in texts()
        if path.suffix == ".py" and path.parts[len(ROOT.parts)] in ("minnet", "lectures")
        and re.search(r"pip install\b", text)
    }  # fmt: skip
    assert known == {"minnet/install.py"}
