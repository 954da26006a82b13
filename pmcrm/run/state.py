"""Where this installation keeps its state, and which servers it talks to. Read by the settings, so no Django here.

The ladder: DATABASE_URL and REDIS_URL where set; else the addresses that the supervisor wrote into the state folder.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import cast

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def var_dir() -> Path:
    """The state folder: VAR, else `var/` in the project's root. A relative VAR counts from the project's root."""
    return (BASE_DIR / (os.environ.get("VAR") or "var")).resolve()


def servers() -> dict[str, str]:
    """Addresses of the embedded servers as the supervisor wrote them; empty before the first start."""
    try:
        return cast("dict[str, str]", json.loads((var_dir() / "servers.json").read_text()))
    except FileNotFoundError:
        return {}


def database_url() -> str:
    return os.environ.get("DATABASE_URL") or servers().get("database_url") or "postgres://pmcrm@/pmcrm"


def redis_url(use: str) -> str:
    """The address for `use`: "cache" (redis client form) or "broker" (kombu form)."""
    if url := os.environ.get("REDIS_URL"):
        return _for_kombu(url) if use == "broker" else url
    return servers().get(f"redis_{use}_url") or "redis://127.0.0.1:6379/0"


def _for_kombu(url: str) -> str:
    """kombu names a Unix socket and its database in words of its own."""
    if not url.startswith("unix://"):
        return url
    path, _, query = url.removeprefix("unix://").partition("?")
    database = dict(part.partition("=")[::2] for part in query.split("&")).get("db", "0")
    return f"redis+socket://{path}?virtual_host={database}"


def secret_key() -> str:
    """SECRET_KEY from the environment, else one made at first start and kept in the state folder (mode 0600)."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    file = var_dir() / "secret-key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        # Two processes may meet here: each writes a file of its own, and the first to link its name in wins.
        draft = file.with_name(f"secret-key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(64))
        try:
            file.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()
