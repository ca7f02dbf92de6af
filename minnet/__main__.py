"""`python -m minnet` is `minnet`."""

import sys

from .cli import main

sys.exit(main())
