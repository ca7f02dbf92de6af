"""All claims of the lecture, slide by slide: in our words, with the questions that judge them."""

from ..claims import Claim
from . import part6a, part6b, part6c, part6d, part6e_rmsprop, part6e_rprop

CLAIMS: dict[str, Claim] = {}  # by id
for _part in (part6a, part6b, part6c, part6d, part6e_rprop, part6e_rmsprop):
    for _claim in _part.CLAIMS:
        if _claim.id in CLAIMS:
            raise ValueError(f"claim {_claim.id} is declared twice")
        CLAIMS[_claim.id] = _claim
