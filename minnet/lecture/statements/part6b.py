"""Claims of part 6b."""

CLAIMS = ()
