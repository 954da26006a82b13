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
    if not (synchronise(pinned) or succeeds(PYTHON, *PIP_QUIETLY, pinned)):
        sys.exit("The packages could not be installed; the lines above say why.")
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
        succeeds(PYTHON, *PIP_QUIETLY, REQUIREMENTS / "uv.txt", "--only-binary=:all:")
    return str(inside) if inside.exists() else None


def synchronise(pinned: Path) -> bool:
    """By uv, four times as fast as pip; False where there is no uv or it does not get through, for pip to try."""
    uv = find_uv()
    # A company's own certificates are in the system's store, where pip looks too.
    environment = {"UV_SYSTEM_CERTS": "true", **os.environ, "VIRTUAL_ENV": str(VENV)}
    if uv and succeeds(uv, "pip", "sync", "--quiet", "--require-hashes", pinned, environment=environment):
        return True
    print("Without uv: pip installs the same packages, in more time", flush=True)
    return False


def succeeds(*command: str | Path, environment: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may be asked to run this script
        sys.exit(
            f"PMCRM needs Python 3.11 or newer, this is {sys.version.split()[0]}. Another: make PYTHON=python3.12 ..."
        )
    install(sys.argv[1])
