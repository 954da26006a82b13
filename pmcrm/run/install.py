"""Make `.venv` and install what a requirements file pins, by hash. Run by the system's Python: standard library only.

`python3 pmcrm/run/install.py development`; does nothing where the file has not changed since the last time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP_QUIETLY = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r")


def install(name: str) -> None:
    pinned = REQUIREMENTS / f"{name}.txt"
    stamp = VENV / "installed-requirements"
    wanted = f"{sys.version_info.major}.{sys.version_info.minor} {hashlib.sha256(pinned.read_bytes()).hexdigest()}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing the packages of {pinned.relative_to(ROOT)} into .venv", flush=True)
    if not PYTHON.exists():
        make_venv()
    if uv := find_uv():
        run(uv, "pip", "sync", "--quiet", "--require-hashes", str(pinned), environment={"VIRTUAL_ENV": str(VENV)})
    else:
        run(str(PYTHON), *PIP_QUIETLY, str(pinned))
    stamp.write_text(wanted)


def make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"This Python cannot make a virtual environment. On Debian and Ubuntu: apt install python{version}-venv"
        )
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=True)


def find_uv() -> str | None:
    """uv of the virtual environment, put there by pip, else of the machine; None where pip must do it all."""
    inside = VENV / "bin" / "uv"
    if not inside.exists() and (found := shutil.which("uv")):
        return found
    if not inside.exists():
        asked = subprocess.run([PYTHON, *PIP_QUIETLY, REQUIREMENTS / "uv.txt", "--only-binary=:all:"], check=False)
        if asked.returncode:
            print("uv has no wheel for this machine: pip installs the same packages, in more time", flush=True)
    return str(inside) if inside.exists() else None


def run(*command: str, environment: dict[str, str] | None = None) -> None:
    if subprocess.run(command, cwd=ROOT, env={**os.environ, **(environment or {})}, check=False).returncode:
        sys.exit("The packages could not be installed; the lines above say why.")


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may be asked to run this script
        sys.exit(
            f"PMCRM needs Python 3.11 or newer, this is {sys.version.split()[0]}. Another: make PYTHON=python3.12 ..."
        )
    install(sys.argv[1])
