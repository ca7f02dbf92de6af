"""Lecture 6, running: claims with their experiments, verdicts, figures and the five parts.

    claims      a statement of the lecture and the questions that judge it; a finding
    statements  all claims, part by part
    experiments a function bound to its claim, run and judged
    verdicts    the questions, and what they conclude
    probes      set-ups that several experiments share
    pictures    one drawing function for each figure
    session     how many seeds, which folder; findings and figures so far
    show        one style for all figures
    parts       the scripts of each part, run cell by cell; the table of verdicts
    command     `minnet lecture`
    web         the lecture as a web site

The scripts in `lectures/` take their words from here:

    from minnet.lecture import experiment, show
    from minnet.lecture.probes import bowls, digits
"""

from .claims import Claim, Finding
from .experiments import Experiment, experiment
from .verdicts import Verdict

__all__ = ["Claim", "Experiment", "Finding", "Verdict", "experiment"]
