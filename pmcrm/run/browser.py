"""Chromium for the browser tests: found, installed as root on Debian, or asked for in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_APT = ("apt-get", "install", "--yes", "--no-install-recommends", "chromium")


def find() -> str | None:
    """The path of a Chromium: PMCRM_CHROMIUM where set, else the first one on PATH."""
    if named := os.environ.get("PMCRM_CHROMIUM"):
        return named
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def provide() -> int:
    """Make sure there is a browser, saying what is skipped where there is none. Under CI its absence is a failure."""
    if find() is None and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        print("Installing Chromium for the browser tests", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (("apt-get", "update"), _APT):
            subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if find() is not None:
        return 0
    print("There is no Chromium: browser tests are skipped. On Debian: sudo apt-get install chromium", flush=True)
    return 1 if os.environ.get("CI") else 0
