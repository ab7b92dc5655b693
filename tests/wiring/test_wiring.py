"""postreeve init and doctor with private configurations of the real Postfix and Dovecot."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading

import pytest

POSTREEVE = os.environ.get("POSTREEVE_BINARY", "build/release/postreeve")
PATH = os.environ["PATH"] + ":/usr/sbin"

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
mail_owner = postfix
inet_interfaces = 127.0.0.1
mydestination =
"""
MASTER = """\
127.0.0.1:2526 inet n - n - - smtpd
submission inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o { smtpd_recipient_restrictions = permit_sasl_authenticated, reject }
pickup unix n - n 60 1 pickup
"""
DOVECOT = """\
base_dir = {folder}/run
protocols = imap
ssl = no
"""
EXIM = """\
auto_thaw = 1d
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
begin acl
acl_rcpt:
  accept
acl_data:
  accept
"""


class Machine:
    def __init__(self, folder):
        self.folder = folder
        self.postfix = folder / "postfix"
        self.postfix.mkdir()
        (folder / "spool").mkdir()
        (folder / "data").mkdir()
        (self.postfix / "main.cf").write_text(MAIN.format(folder=folder))
        (self.postfix / "master.cf").write_text(MASTER)
        self.dovecot = folder / "dovecot.conf"
        self.dovecot.write_text(DOVECOT.format(folder=folder))
        self.exim = folder / "exim.conf"
        self.exim.write_text(EXIM)
        self.config = folder / "postreeve.toml"

    def run(self, verb, *arguments):
        command = [POSTREEVE, verb, "--config", self.config, "--postfix-config", self.postfix]
        command += ["--dovecot-config", self.dovecot, "--exim-config", self.exim, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "PATH": PATH})

    def postconf(self, *arguments):
        words = ["postconf", "-c", self.postfix, *arguments]
        return subprocess.run(words, capture_output=True, text=True, check=True, env={**os.environ, "PATH": PATH}).stdout

    def files(self):
        return {path: path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}

    def checks(self):
        return {check["name"]: check for check in json.loads(self.run("doctor", "-o", "json").stdout)}


@pytest.fixture
def machine(tmp_path):
    for program in ("postconf", "doveconf"):
        if shutil.which(program, path=PATH) is None:
            pytest.skip(f"{program} is not installed")
    return Machine(pathlib.Path(tmp_path))


def test_init_shows_the_lines_and_changes_nothing(machine):
    before = machine.files()
    shown = machine.run("init")
    assert shown.returncode == 0, shown.stderr
    assert machine.files() == before
    assert "check_policy_service { inet:127.0.0.1:10040" in shown.stdout
    assert "submission/inet: -o smtpd_recipient_restrictions=$postreeve_submission_recipient" in shown.stdout
    assert "auth_policy_server_url = http://127.0.0.1:10044/" in shown.stdout
    assert "[gate.postfix_policy]" in shown.stdout
    assert "readsocket{inet:127.0.0.1:10040}" in shown.stdout


def test_init_applies_once_and_keeps_what_was(machine):
    main = (machine.postfix / "main.cf").read_text()
    master = (machine.postfix / "master.cf").read_text()
    applied = machine.run("init", "--apply")
    assert applied.returncode == 0, applied.stderr
    assert "undo: " in applied.stdout
    services = machine.postconf("-x", "-P")
    assert "submission/inet/smtpd_recipient_restrictions = check_policy_service { inet:127.0.0.1:10040" in services
    assert "default_action=DUNNO }, permit_sasl_authenticated, reject" in services
    assert "2526" not in [line for line in services.splitlines() if "postreeve" in line]
    assert [p.read_text() for p in machine.postfix.glob("main.cf.postreeve-*")] == [main]
    assert [p.read_text() for p in machine.postfix.glob("master.cf.postreeve-*")] == [master]
    dovecot = subprocess.run(["doveconf", "-c", machine.dovecot, "auth_policy_server_url"],
                             capture_output=True, text=True, check=True, env={**os.environ, "PATH": PATH})
    assert "http://127.0.0.1:10044/" in dovecot.stdout
    before = machine.files()
    again = machine.run("init", "--apply")
    assert again.returncode == 0, again.stderr
    assert machine.files() == before
    assert again.stdout.count("it asks Postreeve already") == 2


def test_undo_brings_back_what_was(machine):
    before = {path: text for path, text in machine.files().items() if path != machine.config}
    applied = machine.run("init", "--apply")
    for line in applied.stdout.splitlines():
        if line.startswith("undo: "):
            command = " && ".join(word for word in line[6:].split(" && ") if word.startswith(("cp", "rm")))
            subprocess.run(["sh", "-c", command], check=True)
    after = {path: text for path, text in machine.files().items() if ".postreeve-" not in path.name}
    assert after == before


def test_a_configuration_that_the_server_rejects_is_as_it_was(machine):
    (machine.postfix / "main.cf").write_text(MAIN.format(folder=machine.folder) + "mail_owner = nobody-at-all\n")
    before = machine.files()
    applied = machine.run("init", "--apply")
    assert applied.returncode == 78
    assert "Postfix: nothing was changed" in applied.stderr
    for path, text in before.items():
        assert path.read_bytes() == text or path == machine.dovecot


def test_doctor_finds_what_is_not_wired(machine):
    checks = machine.checks()
    assert checks["configuration"]["outcome"] in ("WARN", "FAIL")
    assert checks["postfix.policy"]["outcome"] == "FAIL"
    assert checks["exim.auto_thaw"]["outcome"] == "FAIL"
    assert all(check["fix"] for check in checks.values() if check["outcome"] in ("WARN", "FAIL"))
    assert machine.run("doctor").returncode == 1
    plugin = machine.run("doctor", "--plugin")
    assert plugin.returncode == 2
    assert plugin.stdout.startswith("POSTREEVE CRITICAL - ") and plugin.stdout.count("\n") == 1
