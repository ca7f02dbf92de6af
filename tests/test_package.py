"""What is handed on: wheel, sdist, page, licence, citation; each holds what it must."""

import email
import re
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import minnet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
README = (ROOT / "README.md").read_text("utf-8")
CODE = re.compile(r"^```.*?^```$", re.S | re.M)


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """The names in the wheel, its metadata, and the names in the sdist."""
    backend = pytest.importorskip("hatchling.build", reason="hatchling is in the extra test")
    pytest.importorskip("hatch_fancy_pypi_readme", reason="so is hatch-fancy-pypi-readme")
    folder = tmp_path_factory.mktemp("dist")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        wheel_file = folder / backend.build_wheel(str(folder))
        sdist_file = folder / backend.build_sdist(str(folder))
    with zipfile.ZipFile(wheel_file) as wheel, tarfile.open(sdist_file) as sdist:
        info = f"minnet_lecture6-{minnet.__version__}"
        metadata = email.message_from_bytes(wheel.read(f"{info}.dist-info/METADATA"))
        metadata.set_payload(wheel.read(f"{info}.dist-info/METADATA").decode().split("\n\n", 1)[1])
        sources = {name.removeprefix(f"{info}/") for name in sdist.getnames()}
        yield set(wheel.namelist()), metadata, sources


def below(folder, pattern="*"):
    """The files below a folder of the repository, as their paths in it."""
    paths = (ROOT / folder).rglob(pattern)
    files = (p for p in paths if p.is_file() and "__pycache__" not in p.parts)
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_the_wheel_holds_the_package_and_nothing_that_needs_a_clone(distributions):
    wheel, _, _ = distributions
    package = {name for name in below("minnet") if not name.startswith("minnet/benchmark/")}
    data = {f"minnet/{name}" for name in below("lectures", "*.py") | below("datasets")}
    metadata_files = {name for name in wheel if ".dist-info/" in name}
    assert wheel - metadata_files == package | data
    assert {"minnet/py.typed", "minnet/datasets/digits.npz"} <= wheel
    assert not [name for name in wheel if "benchmark" in name or "/test_" in f"/{name}"]


def test_the_sdist_holds_what_builds_and_tests_it(distributions):
    _, _, sdist = distributions
    top = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "PKG-INFO"}
    assert top | below("tests", "*.py") | below("minnet", "*.py") | below(".readme") <= sdist


def test_the_licence_travels(distributions):
    wheel, metadata, sdist = distributions
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert licence.startswith("MIT License\n\nCopyright (c) 2026 The minnet authors\n")
    assert metadata["License-Expression"] == "MIT" and metadata["License-File"] == "LICENSE"
    assert f"minnet_lecture6-{minnet.__version__}.dist-info/licenses/LICENSE" in wheel
    assert "LICENSE" in sdist


def test_the_metadata_name_us(distributions):
    _, metadata, _ = distributions
    assert metadata["Name"] == "minnet-lecture6" and metadata["Version"] == minnet.__version__
    assert metadata["Author"] == "The minnet authors"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert PROJECT["scripts"] == {"minnet": "minnet.cli.main:main"}


def test_the_page_shows_no_broken_picture_or_link(distributions):
    """And is the README in all else, but that it installs from the index."""
    _, metadata, _ = distributions
    page = metadata.get_payload()
    assert not re.search(r"\]\((?!https://)", CODE.sub("", page))
    assert "pip install -q -e . " not in page and 'install "minnet-lecture6[data]"' in page
    assert page.count("*(Figure in the repository: ") == README.count("![") > 0
    assert [line for line in page.splitlines() if line.startswith("#")] == [
        line for line in README.splitlines() if line.startswith("#")
    ]
    plain = [code for code in CODE.findall(README) if not code.startswith("```sh")]
    assert [code for code in CODE.findall(page) if not code.startswith("```sh")] == plain


def test_every_dependency_says_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text("utf-8").split("[project.scripts]")[0]
    required = [
        line for line in text.splitlines() if re.match(r'^    "[\w-]+(\[[\w,]+\])?[<>]=?', line)
    ]
    assert len(required) > 25
    for line in required:
        assert "  # " in line or re.search(rf"^    # .+\n{re.escape(line)}$", text, re.M), line


def test_the_citation_is_of_this_version():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    facts = dict(re.findall(r"^([a-z-]+): *(.+)$", citation, re.M))
    assert facts["cff-version"] == "1.2.0" and facts["license"] == "MIT"
    assert facts["version"].strip('"') == minnet.__version__
    assert "Hinton" in citation and "Tieleman" in citation


def test_the_changelog_begins_with_what_is_not_yet_released():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.M)
    assert headings[0] == "[Unreleased]"
