"""Where this installation keeps its state, and which servers it talks to. Read by the settings, so no Django here.

The ladder: DATABASE_URL and REDIS_URL where set; else the addresses that `make run` wrote into the state folder.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import cast

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def var_dir() -> Path:
    """The state folder: VAR, else `var/` in the project's root."""
    return Path(os.environ.get("VAR") or BASE_DIR / "var").resolve()


def servers() -> dict[str, str]:
    """Addresses of the embedded servers as the supervisor wrote them; empty before the first start."""
    file = var_dir() / "servers.json"
    return cast("dict[str, str]", json.loads(file.read_text())) if file.exists() else {}


def database_url() -> str:
    return os.environ.get("DATABASE_URL") or servers().get("database_url") or "postgres://pmcrm@/pmcrm"


def redis_url(use: str) -> str:
    """The address for `use`: "cache" (redis client form) or "broker" (kombu form)."""
    if url := os.environ.get("REDIS_URL"):
        return url
    return servers().get(f"redis_{use}_url") or "redis://127.0.0.1:6379/0"


def secret_key() -> str:
    """SECRET_KEY from the environment, else one made at first start and kept in the state folder (mode 0600)."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    file = var_dir() / "secret-key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(64))
    return file.read_text()
