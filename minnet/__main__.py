"""`python -m minnet` is `minnet`."""

import sys

from .cli.main import main

sys.exit(main())
