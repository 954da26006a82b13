"""`python -m pmcrm.run.alive worker` (or `beat`): whether that part gave a sign of life lately, for containers."""

from __future__ import annotations

import os
import sys


def main(part: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")
    from django.core.cache import cache

    return 0 if cache.get(f"heartbeat:{part}") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
