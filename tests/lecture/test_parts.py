"""Is every part shown as it should be: each claim tested once, each number as theory has it,
each figure written and not empty?"""

import re

import numpy as np
import pytest
from matplotlib.collections import Collection
from PIL import Image

from minnet.lecture.claims import Finding
from minnet.lecture.parts import PARTS
from minnet.lecture.verdicts import Verdict

pytestmark = pytest.mark.parametrize("part", PARTS)


def test_every_claim_gets_a_verdict_and_exact_numbers_are_exact(shown, part):
    _, session = shown(part)
    assert list(session.findings) == PARTS[part].claim_ids()
    for finding in session.findings.values():
        assert isinstance(finding, Finding) and finding.verdict in Verdict
        assert finding.as_expected is not False, f"{finding} is not {finding.claim.source}"
        assert finding.because and len(finding.claim.statement) > 20


def test_every_claim_is_in_a_figure(shown, part):
    _, session = shown(part)
    drawn = {id for drawing in session.drawings.values() for id in drawing.claims}
    assert drawn == set(PARTS[part].claim_ids())


def test_every_figure_is_written_and_shows_something(shown, part):
    _, session = shown(part)
    assert session.drawings
    for name, drawing in session.drawings.items():
        assert np.asarray(Image.open(drawing.path).convert("L")).std() > 3, name
        for axes in drawing.figure.axes:
            artists = [*axes.lines, *axes.patches, *axes.images, *axes.collections, *axes.texts]
            assert artists, f"{name} has an empty panel"
            for line in axes.lines:
                assert np.isfinite(np.asarray(line.get_ydata(), float)).any(), name
            assert all(isinstance(piece, Collection) for piece in axes.collections)


def test_a_quick_showing_says_so(shown, part):
    _, session = shown(part)
    for drawing in session.drawings.values():
        assert any("quick" in text.get_text() for text in drawing.figure.texts), drawing.name


def test_every_slide_of_the_part_appears(part):
    pages = {"6a": range(2, 8), "6b": range(9, 16), "6c": range(17, 22), "6d": range(23, 26),
             "6e": range(27, 32)}[part]  # fmt: skip
    told = "".join(script.text() for script in PARTS[part].scripts)
    headings = " ".join(re.findall(r"^# ## .*", told, re.MULTILINE))
    assert set(map(int, re.findall(r"\d+", headings))) >= set(pages)


def test_text_cells_hold_text_only(part):
    for script in PARTS[part].scripts:
        for cell in re.split(r"^# %%", script.text(), flags=re.MULTILINE)[1:]:
            if cell.startswith(" [markdown]"):
                stray = [
                    line for line in cell.splitlines()[1:] if line and not line.startswith("#")
                ]
                assert not stray, f"{script.name}: {stray[0]!r} would not run"


def test_the_scripts_are_short(part):
    for script in PARTS[part].scripts:
        assert script.text().count("\n") <= 280, script.name
