"""`python -m storefront.readiness` says in a sentence why the shop cannot work on its database, and ends with 1 then.

It loads nothing of the shop: `serving` asks it before it opens, and must stay small.
"""

from __future__ import annotations

import sys

from storefront.config import read_config
from storefront.database.revision import problem

if __name__ == "__main__":
    sys.exit(problem(read_config().database_url) or 0)
