"""A private Dovecot: mailboxes over IMAP, and passwords for Postfix and Exim."""

import time
from pathlib import Path

from .machine import answers, end_process, free_port, run, wait_for

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {name}
log_path = {folder}/dovecot.log
log_timestamp = "%Y-%m-%d %H:%M:%S "
protocols = {protocols}
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_verbose = yes
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
default_login_user = dovenull
default_internal_user = dovecot
haproxy_trusted_networks = 127.0.0.0/8
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
    haproxy = yes
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
# Dovecot's own brake on addresses that fail would hide ours.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""
POP3 = """\
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
    haproxy = yes
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
"""
ONE_FOR_ALL = """\
passdb {{
  driver = static
  args = password={password}
}}
"""
ONE_EACH = """\
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/passwords
}}
"""
# With its cache, which a new password alone does not empty.
DOVEADM = """\
auth_cache_size = 1M
doveadm_api_key = {key}
service doveadm {{
  inet_listener http {{
    address = 127.0.0.1
    port = {doveadm}
  }}
}}
"""
KEY = "a key, with = and \u00e4"


def has_pop3():
    return Path("/usr/lib/dovecot/pop3").exists()


class Dovecot:
    """Everybody has the same password, or only `accounts` have one, which can be changed. `more` goes behind the
    configuration: the auth policy."""

    def __init__(self, folder, password, more="", accounts=(), serves_doveadm=False):
        serves_pop3 = has_pop3()
        self.folder = folder
        self.imap_port, self.pop3_port, self.doveadm_port = free_port(), free_port(), free_port()
        self.auth = folder / "auth"
        self._passwords = dict.fromkeys(accounts, password)
        for part in (folder, folder / "mail"):
            part.mkdir(parents=True, exist_ok=True)
        run("chown", "mail:mail", folder / "mail")
        text = CONFIGURATION + (POP3 if serves_pop3 else "") + (ONE_EACH if accounts else ONE_FOR_ALL) + (DOVEADM if serves_doveadm else "")
        configuration = folder / "dovecot.conf"
        configuration.write_text(text.format(folder=folder, name=folder.name, port=self.imap_port, password=password,
                                             pop3=self.pop3_port, protocols="imap pop3" if serves_pop3 else "imap",
                                             doveadm=self.doveadm_port, key=KEY) + more)
        (folder / "doveadm.key").write_text(KEY + "\n")
        self._write_passwords()
        run("dovecot", "-c", str(configuration))
        ports = [self.imap_port] + ([self.pop3_port] if serves_pop3 else []) + ([self.doveadm_port] if serves_doveadm else [])
        wait_for(lambda: all(map(answers, ports)) and self.auth.exists(), says=self.log)

    def _write_passwords(self):
        file = self.folder / "passwords"
        (self.folder / "new").write_text("".join(f"{name}:{{PLAIN}}{word}\n" for name, word in self._passwords.items()))
        (self.folder / "new").rename(file)

    def change_password(self, account, password):
        self._passwords[account] = password
        self._write_passwords()
        time.sleep(1.1)  # it looks at the file once a second: until then the old one opens the mailbox

    def doveadm(self):
        """Where its API is, as the action `sessions` is told."""
        return {"url": f"http://127.0.0.1:{self.doveadm_port}/doveadm/v1", "api_key_file": str(self.folder / "doveadm.key")}

    def log(self):
        return (self.folder / "dovecot.log").read_text(errors="replace")

    def stop(self):
        end_process(int((self.folder / "run/master.pid").read_text()))
