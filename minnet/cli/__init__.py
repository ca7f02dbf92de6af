"""The command line.

- `main`: words in, one call of the library, files and a table out
- `words`: the words it understands
- `folders`: where results go
- `doctor`: what minnet stands on here, and what to mend
"""
