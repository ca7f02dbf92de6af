"""Claims of part 6e."""

CLAIMS = ()
