"""A small disk of its own, to be filled up."""

import contextlib
import subprocess

import pytest


@contextlib.contextmanager
def small_disk(where, size):
    """Mounted at `where`, so many bytes as tmpfs says them ("24m"). Skips where nothing can be mounted."""
    where.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "postreeve-test", where], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted: {mounted.stderr.strip()}")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", where], check=True)
