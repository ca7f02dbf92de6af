"""What the lecture claims, in our words, and what would count as true, slide by slide."""

from ..claims import Claim
from . import part6a, part6b, part6c, part6d, part6e_rmsprop, part6e_rprop

CLAIMS: dict[str, Claim] = {}
for _part in (part6a, part6b, part6c, part6d, part6e_rprop, part6e_rmsprop):
    for _claim in _part.CLAIMS:
        if _claim.id in CLAIMS:
            raise ValueError(f"claim {_claim.id} is declared twice")
        CLAIMS[_claim.id] = _claim

# Where the question, its margin or condition, or a level or variant that is asked about was chosen
# anew after a first look at the numbers; every verdict on one of these says so.
AFTER_A_LOOK = frozenset({
    "6a.10", "6a.20", "6b.6", "6b.16", "6b.18", "6b.19", "6b.21", "6b.22", "6c.8", "6c.12", "6c.14",
    "6d.3", "6d.9", "6e.4", "6e.10", "6e.12", "6e.18", "6e.24", "6e.25", "6e.26",
})  # fmt: skip
