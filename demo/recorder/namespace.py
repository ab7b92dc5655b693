"""A machine of its own: private network, mounts, host name and process numbers.

The network has only a loopback device that answers for every address of the
synthetic world, so each client connects from its own public address and each
mail exchanger listens on its own; nothing can leave. The mounts give the servers
a private /etc, /run, /dev and spool in memory. All of it, and every process in
it, ends with the recorder.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from recorder import geography

LAB = Path("/srv")  # in memory, and only inside the namespace
INSIDE = "POSTREEVE_RECORDER_INSIDE"


def inside() -> bool:
    return os.environ.get(INSIDE) == "1"


def enter(script: str, arguments: list[str]) -> None:
    """Runs `script` again inside a new namespace and does not return.

    The shell in between is process 1 there: it collects orphans, and when it ends
    the kernel ends whatever is left.
    """
    os.environ[INSIDE] = "1"
    command = ["unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--mount-proc",
               "sh", "-c", '"$@"; exit $?', "sh", sys.executable, script, *arguments]
    os.execvp("unshare", command)


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def furnish(host_name: str, host_lines: list[str], exim_package: Path) -> None:
    """Builds the private machine; the paths below exist only in this namespace."""
    run("mount", "--make-rprivate", "/")
    run("hostname", host_name)
    run("mount", "-t", "tmpfs", "-o", "mode=755", "lab", "/mnt")
    shutil.copytree(exim_package, "/mnt/exim", symlinks=True)
    run("mount", "--move", "/mnt", str(LAB))
    _network()
    _private_etc(host_lines)
    _private_directories()
    _private_dev()


def _network() -> None:
    run("ip", "link", "set", "lo", "up")
    for prefix in geography.WORLD_V4:
        run("ip", "route", "add", "local", prefix, "dev", "lo")
    run("ip", "-6", "route", "add", "local", geography.WORLD_V6, "dev", "lo")
    # Postfix wants its own addresses configured, not only routed.
    run("ip", "-6", "addr", "add", geography.MX1_V6 + "/128", "dev", "lo", "nodad")
    for address in (geography.MX1_V4, geography.MX2_V4):
        run("ip", "addr", "add", address + "/32", "dev", "lo")


def _private_etc(host_lines: list[str]) -> None:
    etc = LAB / "etc"
    run("cp", "-a", "/etc", str(etc))
    run("mount", "--bind", str(etc), "/etc")
    Path("/etc/hosts").write_text("127.0.0.1 localhost\n" + "\n".join(host_lines) + "\n")
    Path("/etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    Path("/etc/localtime").unlink(missing_ok=True)
    Path("/etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/Warsaw")
    Path("/etc/timezone").write_text("Europe/Warsaw\n")
    _add_user("Debian-exim", 4242)
    _add_user("vmail", 4243)
    # Postfix's packaged files stay, it needs them; main.cf and master.cf are replaced.
    for name in ("dovecot", "exim4"):
        shutil.rmtree(etc / name, ignore_errors=True)
        (etc / name).mkdir()


def _add_user(name: str, number: int) -> None:
    """Exim will not start without its user; both live in the private /etc only."""
    for path, line in (("/etc/passwd", f"{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin"),
                       ("/etc/group", f"{name}:x:{number}:")):
        text = Path(path).read_text()
        if not any(entry.startswith(name + ":") for entry in text.splitlines()):
            Path(path).write_text(text + line + "\n")


def _private_directories() -> None:
    for source, target in (("spool", "/var/spool/postfix"), ("state", "/var/lib/postfix"),
                           ("dovecot-state", "/var/lib/dovecot"), ("log", "/var/log"), ("run", "/run")):
        directory = LAB / source
        directory.mkdir()
        run("mount", "--bind", str(directory), target)
    shutil.chown("/var/lib/postfix", "postfix", "postfix")
    os.chmod("/var/lib/postfix", 0o700)
    for name in ("vmail", "exim-spool", "exim-log"):
        (LAB / name).mkdir()
    shutil.chown(LAB / "vmail", "vmail", "vmail")
    for name in ("exim-spool", "exim-log"):
        shutil.chown(LAB / name, "Debian-exim", "Debian-exim")


def _private_dev() -> None:
    """A /dev that has room for our own /dev/log, as syslog(3) writes nowhere else."""
    dev = LAB / "dev"
    dev.mkdir()
    for name in ("null", "zero", "random", "urandom", "tty"):
        (dev / name).touch()
        run("mount", "--bind", f"/dev/{name}", str(dev / name))
    (dev / "fd").symlink_to("/proc/self/fd")
    (dev / "shm").mkdir(mode=0o1777)
    run("mount", "--rbind", str(dev), "/dev")
