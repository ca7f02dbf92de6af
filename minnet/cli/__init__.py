"""The command line `minnet`.

- `main`: the commands, each a few calls of the library
- `words`: commands and options, with their defaults and help
- `folders`: folders for results, locked while a race writes to them
- `doctor`: check of the installation
"""
