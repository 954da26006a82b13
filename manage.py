#!/usr/bin/env python
"""Django's command line. For the product's own commands see `make help` and README.md."""

import os
import sys

# These ask no server anything.
SERVERLESS = {"check", "collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "spectacular"}


def main() -> int:
    from pmcrm.run import supervisor

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")
    asks_servers = len(sys.argv) > 1 and sys.argv[1] not in SERVERLESS and not sys.argv[1].startswith("-")
    if asks_servers and not supervisor.are_reachable():
        return supervisor.with_servers([sys.executable, *sys.argv])

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
