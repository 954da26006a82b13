"""The embedded Valkey: broker and cache on one Unix socket."""

from __future__ import annotations

import signal
from pathlib import Path

import redis

from pmcrm.run import binaries
from pmcrm.run.postgres import own_folder, short_folder
from pmcrm.run.process import Bell, Child, Failed


class EmbeddedValkey:
    """One server in the state folder's `valkey/`; database 0 is the broker, 1 the cache."""

    def __init__(self, var: Path, *, throwaway: bool = False) -> None:
        home = var / "valkey"
        own_folder(home, None)
        self.socket = short_folder(home, "/valkey.sock", None) / "valkey.sock"
        self.child = Child(
            "valkey",
            [
                *(binaries.valkey(), "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"),
                *("--dir", home, "--appendonly", "no" if throwaway else "yes", "--save", ""),
                *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
            ],
            var=var,
            orphan_signal=signal.SIGTERM,
        )

    def start(self, bell: Bell) -> dict[str, str]:
        """Start the server and give its addresses, one for each reader's way of writing them."""
        self.child.start()
        client = redis.Redis(unix_socket_path=str(self.socket))
        for _ in range(1200):
            try:
                client.ping()
                break
            except (redis.ConnectionError, redis.BusyLoadingError):
                if not self.child.is_alive:
                    raise Failed(f"Valkey did not start. The end of {self.child.log}:\n{self.child.tail()}") from None
                bell.pause()
        client.close()
        return {
            "redis_broker_url": f"redis+socket://{self.socket}?virtual_host=0",
            "redis_cache_url": f"unix://{self.socket}?db=1",
        }
