"""Claims of part 6d."""

CLAIMS = ()
