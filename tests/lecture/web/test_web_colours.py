"""The contrast of the site's colours: is there nothing that cannot be read?"""

import re

import numpy as np
import pytest

pytest.importorskip("jupytext")
pytest.importorskip("math_core")


def colours(css):
    """The named colours: light ones, and dark ones where they differ."""
    blocks = [dict(re.findall(r"--([\w-]+): (#\w{6})", block))
              for block in re.findall(r":root \{(.*?)\}", css, re.S)]  # fmt: skip
    return blocks[0], blocks[0] | blocks[1]


def contrast(one, other):
    """W3C's contrast of two colours."""
    luminances = []
    for colour in (one, other):
        parts = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        luminances.append(float(linear @ (0.2126, 0.7152, 0.0722)))
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


TONES = ("confirmed", "qualified", "refuted", "open")
ON_PAPER = ("ink", "quiet", "link", "tone")
IN_CODE = ("code", "keyword", "text", "number", "comment", "name")


def test_contrast_is_measured_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_text_can_be_read(site):
    css = (site / "site.css").read_text()
    grounds = {
        "ink": ("paper", "wash", "qualified-wash"), "quiet": ("paper", "qualified-wash"),
        "link": ("paper", "qualified-wash"), "top-ink": ("top", "top-here"),
        **{tone: (f"{tone}-wash",) for tone in TONES}, **dict.fromkeys(IN_CODE, ("wash",)),
    }  # fmt: skip
    used = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", css))
    assert used - {"tone"} <= set(grounds), "a colour without its grounds"
    for named in colours(css):
        for colour, behind in grounds.items():
            for ground in behind:
                assert contrast(named[colour], named[ground]) >= 4.5, (colour, ground)
