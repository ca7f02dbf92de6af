"""Claims of part 6c."""

CLAIMS = ()
