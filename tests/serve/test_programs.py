"""What programs beside the mail server ask and tell: Dovecot's auth policy, and the event API."""

import json
import signal

from daemon import OFFICE, THIEF, http, wait_for

ANNA = "anna@x.example"
WEBMAIL = f'[networks]\nwebmail = ["{THIEF}"]\n'


def login(daemon, command, password, success=False):
    body = json.dumps({"login": ANNA, "remote": THIEF, "protocol": "imap", "pwhash": f"{password:04x}", "success": success})
    status, answer = http(daemon, "auth_policy", "POST", f"/?command={command}", body.encode())
    assert status == 200, answer
    return json.loads(answer)


def reload(daemon, settings):
    before = daemon.log().count("configuration read anew")
    daemon.configure(settings)
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: daemon.log().count("configuration read anew") > before)


def tell(daemon, token, event):
    body = json.dumps({"time": "2026-03-02T08:00:00Z", "account": ANNA} | event).encode()
    status, answer = http(daemon, "events", "POST", "/v1/events", body, [("Authorization", f"Bearer {token}")])
    return status, json.loads(answer)


def test_wrong_passwords_at_a_webmail_lock_nobody_once_it_is_named(make_daemon):
    daemon = make_daemon().start()
    for password in range(10):
        login(daemon, "report", password)
    assert login(daemon, "allow", 99)["status"] == -1
    reload(daemon, WEBMAIL)
    for password in range(10, 20):
        login(daemon, "report", password)
    assert login(daemon, "allow", 99)["status"] == 0
    reload(daemon, "")
    assert login(daemon, "allow", 99)["status"] == -1, "what was counted before still is"
    daemon.stop()


def test_a_token_of_a_tenant_speaks_of_its_domains_and_of_nobody_when_it_is_gone(make_daemon):
    tenant = '[[tenant]]\nname = "x"\ndomains = ["x.example"]\n'
    daemon = make_daemon(tenant).start()
    token = daemon.ask("token add", name="panel", events=["login"], tenant="x")["token"]
    event = {"event": "login", "result": "success", "client_address": OFFICE}
    assert tell(daemon, token, event)[0] == 202
    assert tell(daemon, token, event | {"account": "bert@y.example"})[0] == 403
    reload(daemon, "")
    assert tell(daemon, token, event)[0] == 401
    assert tell(daemon, token, event | {"account": "bare"})[0] == 401
    daemon.stop()


def test_a_judgement_of_the_panel_settles_the_incident(make_daemon):
    daemon = make_daemon().start()
    token = daemon.ask("token add", name="panel", events=["judgement"])["token"]
    daemon.ask("account hold", account=ANNA)
    judgement = {"event": "judgement", "confirmed": True, "reason": "she called"}
    assert tell(daemon, token, judgement)[0] == 202
    incident, = daemon.ask("incident list")
    assert incident["outcome"] == "confirmed"
    assert daemon.ask("account standing", account=ANNA)["standing"] == "suspended"
    trail = daemon.ask("audit list")
    assert ("panel", "event API", "incident confirm") in [(row["author"], row["from"], row["verb"]) for row in trail]
    status, answer = tell(daemon, token, judgement)
    assert status == 409 and "confirmed already" in answer["errors"][0]["what"]
    daemon.stop()
