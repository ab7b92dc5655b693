"""A private Exim. Its packages cannot be installed beside Postfix; they are unpacked below build/exim."""

import fcntl
import os
import re
import subprocess

from . import postreeve
from .machine import PATH, ROOT, answers, free_port, run, wait_for

PACKAGES = ("exim4-daemon-heavy", "exim4-base")
USER = "Debian-exim"
NUMBER = 4242


def unpacked():
    """Where Exim's binary is; fetched from Debian's archive when it is not there yet."""
    base = ROOT / "build/exim"
    base.mkdir(parents=True, exist_ok=True)
    binary = base / "root/usr/sbin/exim4"
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            subprocess.run(["apt-get", "download", "-qq", *PACKAGES], cwd=base, check=True, timeout=120,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for package in base.glob("*.deb"):
                run("dpkg", "-x", package, base / "root")
    return binary


CONFIGURATION = """\
exim_path = {binary}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
exim_user = {user}
exim_group = {user}
primary_hostname = exim.example.test
qualify_domain = example.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
hosts_proxy = 127.0.0.0/8
host_lookup =
keep_environment =
dns_dnssec_ok = 0
rfc1413_hosts =
never_users = root
tls_advertise_hosts =
auth_advertise_hosts = *
smtp_accept_max = 0
smtp_accept_queue_per_connection = 0
smtp_accept_max_nonmail = 1000
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
log_selector = +received_recipients

begin acl
{acls}

begin routers
all:
  driver = manualroute
  transport = to_sink
  route_list = * 127.0.0.1 byname
  self = send

begin transports
to_sink:
  driver = smtp
  port = {sink}
  allow_localhost
  hosts_try_fastopen =

begin retry
*  *  F,1h,1m

begin authenticators
plain:
  driver = dovecot
  public_name = PLAIN
  server_socket = {auth}
  server_set_id = $auth1
"""


ACLS = """\
acl_rcpt:
{rcpt}
  accept  authenticated = *
  deny

acl_data:
{data}
  accept
"""


def lines_of_init(folder, policy_port):
    """What `postreeve init` prints for the two ACLs, by their names, so that this is what is tested."""
    configuration, plain = folder / "postreeve.toml", folder / "plain.conf"
    configuration.write_text(f'[gate.postfix_policy]\nlisten = ["127.0.0.1:{policy_port}"]\n')
    plain.write_text("primary_hostname = exim.example.test\n")
    printed = run(postreeve.binary(), "init", "--config", configuration, "--exim-config", plain,
                  "--postfix-config", folder / "no-postfix", "--dovecot-config", folder / "no-dovecot")
    named = rf"^{re.escape(str(folder))}/postreeve_(rcpt|data)\.acl:\n(.*?)(?=^/|^# )"
    return dict(re.findall(named, printed, re.S | re.M))


def _is_frozen(header):
    return re.search(r"^-frozen ", header, re.M) is not None


class Exim:
    def __init__(self, folder, auth, sink_port, policy_port=None):
        """Asks the policy gate as `postreeve init` says; nobody without one."""
        self.folder = folder
        self.port = free_port()
        self._binary = str(unpacked())
        for part in ("spool", "log"):
            (folder / part).mkdir(parents=True)
        acls = {"rcpt": "", "data": ""}
        for name, lines in (lines_of_init(folder, policy_port) if policy_port else {}).items():
            (folder / f"postreeve_{name}.acl").write_text(lines)
            acls[name] = f".include {folder}/postreeve_{name}.acl"
        self._configuration = folder / "exim.conf"
        self._configuration.write_text(CONFIGURATION.format(
            binary=self._binary, folder=folder, user=USER, port=self.port, acls=ACLS.format(**acls), sink=sink_port,
            auth=auth))
        self._write_users()
        run("chown", "-R", f"{NUMBER}:{NUMBER}", folder / "spool", folder / "log")
        self._log = (folder / "output").open("w")
        self._process = subprocess.Popen(self._command("-bdf", "-q1h"), stdin=subprocess.DEVNULL, stdout=self._log,
                                         stderr=subprocess.STDOUT, env={**os.environ, "PATH": PATH})
        wait_for(lambda: answers(self.port), says=lambda: (folder / "output").read_text())

    def _write_users(self):
        # Exim starts for no user that it does not find. A private view of the user list
        # has one; the machine's own stays as it is.
        for name, line in (("passwd", f"{USER}:x:{NUMBER}:{NUMBER}::/:/usr/sbin/nologin\n"),
                           ("group", f"{USER}:x:{NUMBER}:\n")):
            with open(f"/etc/{name}", encoding="utf-8") as system:
                others = [entry for entry in system if not entry.startswith(USER)]
            (self.folder / name).write_text("".join(others) + line)

    def _command(self, *arguments):
        inside = ('mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/group" /etc/group && exec "$@"')
        return ["unshare", "--mount", "sh", "-c", inside, str(self.folder), self._binary, "-C",
                str(self._configuration), *arguments]

    def _do(self, *arguments):
        return run(*self._command(*arguments))

    def _waiting(self):
        """What the spool has of each message, by its ID: Exim's own listing takes a process each."""
        found = {}
        for file in (self.folder / "spool/input").glob("*-H"):
            try:
                found[file.name.removesuffix("-H")] = file.read_text(errors="replace")
            except FileNotFoundError:
                pass  # delivered meanwhile
        return found

    def queue(self):
        """Spool IDs -> whether they are frozen."""
        return {spool_id: _is_frozen(header) for spool_id, header in self._waiting().items()}

    def frozen_ids(self, sender):
        """Message-IDs of the sender's frozen messages, by spool ID."""
        return {spool_id: re.search(r"Message-ID: (\S+)", header, re.I)[1]
                for spool_id, header in self._waiting().items()
                if _is_frozen(header) and header.splitlines()[2] == f"<{sender}>"}

    def release(self, spool_ids):
        for spool_id in spool_ids:
            self._do("-Mt", spool_id)
            self._do("-M", spool_id)

    def settle(self, seconds=15):
        wait_for(lambda: all(self.queue().values()), seconds, "mail is still under way")

    def log(self):
        return (self.folder / "log/mainlog").read_text(errors="replace")

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
        self._log.close()
