"""The engine of the Makefile: `python -m pmcrm.run` starts the product, `... servers -- COMMAND` servers alone."""

from __future__ import annotations

import argparse
import sys

from pmcrm.run import browser, product, state, supervisor
from pmcrm.run.process import Failed, Stopped


def main() -> int:
    arguments, command = sys.argv[1:], []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, command = arguments[:at], arguments[at + 1 :]
    parser = argparse.ArgumentParser(prog="python -m pmcrm.run", description=__doc__)
    actions = parser.add_subparsers(dest="action")
    servers = actions.add_parser("servers", help="run COMMAND with PostgreSQL and Valkey, started or found")
    servers.add_argument("--throwaway", action="store_true", help="fast, may lose its data at a power failure: tests")
    actions.add_parser("browser", help="find or install Chromium for the browser tests")
    actions.add_parser("reset", help="remove the state folder, after asking")
    chosen = parser.parse_args(arguments)
    if (chosen.action == "servers") != bool(command):
        parser.error("`servers` takes a command after `--`")
    try:
        match chosen.action:
            case "servers":
                return supervisor.with_servers(command, throwaway=chosen.throwaway)
            case "browser":
                return browser.provide()
            case "reset":
                return reset()
            case _:
                return product.run()
    except Stopped:
        return 130
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1


def reset() -> int:
    """Ask, then remove."""
    if not state.var_dir().exists():
        print(f"There is nothing to remove: {state.var_dir()} does not exist.")
        return 0
    print(f"This removes {state.var_dir()} with all its data: database, files, mail, logs.")
    try:
        answer = input("Type yes to go on: ")
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        print("\nNothing was removed.")
        return 1
    supervisor.reset()
    print("Removed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
