"""Daemons that keep their records on a private Redis."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from private_servers.redis import Redis  # noqa: E402, F401


def use(daemon, redis, key_file, more=""):
    """The daemon's configuration with records on Redis instead of in its own file."""
    settings = f'[state]\nredis = "{redis.url}"\nkey_file = "{key_file}"\n{more}'
    daemon.config.write_text(daemon.config.read_text().replace("[state]\n", settings, 1))
    return daemon
