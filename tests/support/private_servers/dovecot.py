"""A private Dovecot: mailboxes over IMAP, and passwords for Postfix and Exim."""

from .machine import answers, end_process, free_port, run, wait_for

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {name}
log_path = {folder}/dovecot.log
log_timestamp = "%Y-%m-%d %H:%M:%S "
protocols = imap
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
passdb {{
  driver = static
  args = password={password}
}}
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


class Dovecot:
    """Everybody has the same password. `more` goes behind the configuration: the auth policy."""

    def __init__(self, folder, password, more=""):
        self.folder = folder
        self.imap_port = free_port()
        self.auth = folder / "auth"
        for part in (folder, folder / "mail"):
            part.mkdir(parents=True, exist_ok=True)
        run("chown", "mail:mail", folder / "mail")
        configuration = folder / "dovecot.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, name=folder.name, port=self.imap_port,
                                                      password=password) + more)
        run("dovecot", "-c", str(configuration))
        wait_for(lambda: answers(self.imap_port) and self.auth.exists(), says=self.log)

    def log(self):
        return (self.folder / "dovecot.log").read_text(errors="replace")

    def stop(self):
        end_process(int((self.folder / "run/master.pid").read_text()))
