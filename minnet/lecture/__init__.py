"""Lecture 6, running: claims with their experiments, verdicts, figures and the five parts.

The scripts in `lectures/` take their words from here:

    from minnet.lecture import experiment, show
    from minnet.lecture.probes import bowls, digits
"""

from .claims import Claim, Experiment, Finding, experiment
from .verdicts import Verdict

__all__ = ["Claim", "Experiment", "Finding", "Verdict", "experiment"]
