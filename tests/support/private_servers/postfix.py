"""A private Postfix whose smtpd services each ask in their own way. Needs root, as `postfix start` does."""

import json
import pathlib
import shutil

from .machine import answers, children, free_port, run, wait_for

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
maillog_file = {folder}/log/maillog
maillog_file_prefixes = {folder}
myhostname = mx.example.test
inet_interfaces = 127.0.0.1
# It listens on IPv4 alone, and takes clients of both kinds by XCLIENT.
inet_protocols = all
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
# Nothing leaves this machine: everything goes to the sink, and nobody asks the DNS.
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
default_transport = smtp:[127.0.0.1]:{sink}
enable_long_queue_ids = yes
smtpd_tls_security_level = none
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth}
smtpd_sasl_authenticated_header = no
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 2000
minimal_backoff_time = 60s
"""
SERVICES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
virtual unix - n n - - virtual
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """`services`: name -> options of that smtpd service, on a port of its own, or that of `ports`."""

    def __init__(self, folder, auth, sink_port, services, main="", ports=None):
        self.folder = folder
        self.maillog = folder / "log/maillog"
        self._configuration = str(folder / "etc")
        self.ports = {name: (ports or {}).get(name) or free_port() for name in services}
        for part in ("etc", "spool", "log", "data"):
            (folder / part).mkdir(parents=True)
        shutil.chown(folder / "data", "postfix")
        (folder / "etc/main.cf").write_text(MAIN.format(folder=folder, auth=auth, sink=sink_port) + main)
        (folder / "etc/master.cf").write_text("".join(self._service(*s) for s in services.items()) + SERVICES)
        self._do("postfix", "start")
        for port in self.ports.values():
            wait_for(lambda p=port: answers(p))

    def _service(self, name, options):
        lines = [f"127.0.0.1:{self.ports[name]} inet n - n - - smtpd", f"  -o syslog_name=postfix/{name}"]
        return "\n".join(lines + [f"  -o {{ {key} = {value} }}" for key, value in options.items()]) + "\n"

    def _do(self, program, *arguments, text=None):
        return run(program, "-c", self._configuration, *arguments, text=text)

    def queue(self):
        """The messages in the queue by their IDs."""
        return {m["queue_id"]: m for m in map(json.loads, self._do("postqueue", "-j").splitlines())}

    def header_of(self, queue_id):
        return self._do("postcat", "-h", "-q", queue_id)

    def held(self, account):
        """Message-IDs of what the account has in the hold queue, by queue ID."""
        return {queue_id: self._message_id(queue_id) for queue_id, m in self.queue().items()
                if m["queue_name"] == "hold" and m["sender"] == account}

    def waiting_ids(self, sender):
        """Message-IDs of everything of the sender that is in the queue."""
        shown = sender or "MAILER-DAEMON"
        return [self._message_id(q) for q, m in self.queue().items() if m["sender"] == shown]

    def _message_id(self, queue_id):
        for line in self.header_of(queue_id).splitlines():
            if line.lower().startswith("message-id:"):
                return line.split(":", 1)[1].strip()
        return ""

    def release(self, queue_ids):
        """Out of the hold queue and on their way."""
        self._do("postsuper", "-H", "-", text="".join(f"{q}\n" for q in queue_ids))
        for queue_id in queue_ids:
            self._do("postqueue", "-i", queue_id)

    def settle(self, seconds=15):
        """Waits until nothing is under way; what is on hold or was put off may stay."""
        def is_settled():
            return all(m["queue_name"] in ("hold", "deferred") for m in self.queue().values())
        # A look passes the queues one after the other, and misses what moves on behind it.
        wait_for(lambda: is_settled() and is_settled(), seconds, "mail is still under way")

    def process(self, name):
        """Of its daemon of that name."""
        master = int((self.folder / "spool/pid/master.pid").read_text())
        return next(pid for pid in children(master) if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == name)

    def log(self):
        return self.maillog.read_text(errors="replace")

    def stop(self):
        self._do("postfix", "stop")
