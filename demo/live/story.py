"""A day in an office, an evening on which somebody else has Marta's password, and how she gets her account back."""

import datetime
import email
import email.policy
import subprocess

from private_servers.clients import Outcome, Place
from private_servers.habits import DESK, HOME, PHONE, contacts
from private_servers.machine import wait_for
from private_servers.site import TICKETS

from live.screen import GREEN, RED, YELLOW
from live.town import OWNER, PEOPLE, SLOW_FRIEND

THIEF = Place("20.10.4.66", "User")
GUESSER = Place("20.14.7.31")
NEW_PASSWORD = "autumn-leaves-and-rain"
RECIPIENTS, MESSAGES, SHOWN = 10, 60, 6
WHERE = {DESK: "office, Germany", PHONE: "phone, Germany", HOME: "home, Germany", THIEF: "20.10.4.66, Vietnam",
         GUESSER: "20.14.7.31, Russia"}


class Story:
    def __init__(self, town, screen):
        self._town, self._screen = town, screen
        self._honest = {account: Outcome() for account in PEOPLE}
        self._stolen = Outcome()
        self._first_theft = self._contained = None
        self._evidence, self._is_signed = [], False

    def tell(self):
        screen = self._screen
        screen.title("1. A morning in the office: people read and write, as in the three weeks before.")
        self._morning()
        screen.title("2. Somebody guesses Ewa's password over IMAP.")
        self._guess()
        screen.title("3. Somebody has Marta's password, from a phishing page, and writes to a list he bought.")
        self._theft()
        screen.title("4. Meanwhile Marta goes on: at her desk, and with the phone.")
        self._owner_goes_on()
        screen.title("5. What was done meanwhile, outside the mail path.")
        self._what_was_done()
        screen.title("6. What Marta reads in her mailbox, over IMAP.")
        self._read_notice()
        screen.title("7. What the hoster's desk has got as a ticket.")
        self._read_ticket()
        screen.title("8. Somebody asks Marta, and confirms: what shows the theft is kept, the thief's mail is deleted.")
        self._confirm()
        screen.title("9. Marta is back, with a new password.")
        self._come_back()
        screen.title("10. The whole story.")
        self._show_incident()
        screen.title("11. What got out.")
        return self._sum()

    def _write(self, session, who, place, recipients, what, became="delivered"):
        outcome = session.submit(recipients, subject=what)
        self._honest[who] += outcome
        self._screen.happens(who.split("@")[0], WHERE[place], f"writes to {recipients[0]}",
                             became if outcome.accepted else f"refused: {outcome.replies[0][0]}",
                             GREEN if outcome.accepted else RED)

    def _morning(self):
        for number, account in enumerate(PEOPLE):
            for place in (DESK, PHONE)[:1 + number % 2]:
                went_well = self._town.log_in(place, account)
                self._screen.happens(account.split("@")[0], WHERE[place], "opens the mailbox",
                                     "welcome" if went_well else "refused", GREEN if went_well else RED)
                session = self._town.session(place, account)
                for friend in contacts(account)[number:number + 2]:
                    self._write(session, account, place, [friend], "About today")
                session.close_quietly()
        session = self._town.session(DESK, OWNER)
        self._write(session, OWNER, DESK, [SLOW_FRIEND], "The contract", "queued: its server puts it off")
        session.close_quietly()

    def _guess(self):
        account, place, before = "ewa@office.example", GUESSER, self._town.postreeve.logins_reported()
        for i in range(1, 11):
            self._town.log_in(place, account, f"ewa{2015 + i}")
            if i <= 3 or i == 10:
                self._screen.happens("guesser", WHERE[place], f"tries password no. {i}", "wrong", YELLOW)
        wait_for(lambda: self._town.postreeve.logins_reported() >= before + 10)
        went_well = self._town.log_in(place, account)
        self._screen.happens("guesser", WHERE[place], "tries the right one", "in!" if went_well else "locked out",
                             RED if went_well else GREEN)
        went_well = self._town.log_in(PHONE, account)
        self._screen.happens("ewa", WHERE[PHONE], "opens the mailbox", "welcome" if went_well else "refused",
                             GREEN if went_well else RED)

    def _theft(self):
        session = self._town.session(THIEF, OWNER)
        self._first_theft = self._screen.seconds()
        for number in range(MESSAGES):
            victims = [f"victim{number}.{i}@list{(number + i) % 23}.example" for i in range(RECIPIENTS)]
            outcome = session.submit(victims, subject="Invoice overdue")
            self._stolen += outcome
            refused = sum(code >= 400 for code, _ in outcome.replies)
            became, colour = self._fate(outcome, refused)
            if number < SHOWN:
                self._screen.happens("thief", WHERE[THIEF], f"message {number + 1} to {RECIPIENTS} new people", became,
                                     colour)
            elif number == SHOWN:
                self._screen.text(f"         ... he goes on, {MESSAGES} messages in all")
            self._notice_containment()
        session.close_quietly()

    def _fate(self, outcome, refused):
        if not outcome.accepted:
            return f"refused: {outcome.replies[0][0]} {outcome.replies[0][1][:5]}", GREEN
        held = outcome.accepted[0] in self._town.postfix.held(OWNER).values()
        reached = RECIPIENTS - refused
        return (f"held, {refused} refused", GREEN) if held else (f"got out to {reached}, {refused} refused", RED)

    def _notice_containment(self):
        if self._contained is not None:
            return
        account = self._town.postreeve.account(OWNER)
        if account["standing"] not in ("held", "suspended"):
            return
        self._contained = self._screen.seconds() - self._first_theft
        incident = account["incidents"][0]
        self._screen.banner([f"Postreeve: {OWNER} is {account['standing']} for unfamiliar places "
                             f"(incident {incident['incident']}),",
                             f"{self._contained:.1f} seconds after the thief's first message.",
                             f"Why: {incident['why']}"])

    def _owner_goes_on(self):
        for place in (DESK, PHONE):
            session = self._town.session(place, OWNER)
            for friend in contacts(OWNER)[4:6]:
                self._write(session, OWNER, place, [friend], "Minutes")
            session.close_quietly()

    def _what_was_done(self):
        """The actions of the playbook, each a row of the incident."""
        wait_for(lambda: self._town.is_over(self._incident()), 20)
        for row in self._town.actions(self._incident()):
            self._screen.entry(row[1], row[5] or row[6])

    def _incident(self):
        return self._town.postreeve.account(OWNER)["incidents"][0]["incident"]

    def _mail(self, account, number=0):
        messages = wait_for(lambda: self._town.inbox(account), 10, "no mail came")
        return messages[number], email.message_from_bytes(messages[number], policy=email.policy.default)

    def _read_notice(self):
        raw, notice = self._mail(OWNER)
        self._screen.letter(notice)
        check = ["openssl", "cms", "-verify", "-CAfile", str(self._town.authority.root), "-purpose", "smimesign"]
        self._is_signed = subprocess.run(check, input=raw, capture_output=True, check=False).returncode == 0
        self._screen.text(f"    (S/MIME signature of abuse@hoster.example: {'good' if self._is_signed else 'BAD'})")

    def _read_ticket(self):
        self._screen.letter(self._mail(TICKETS)[1], 16)

    def _confirm(self):
        incident, town, screen = self._incident(), self._town, self._screen
        words = ("incident", "confirm", incident, "--cause", "phishing", "--reason", "Marta says so")
        screen.command(*words)
        town.postreeve.ask(*words)
        wait_for(lambda: town.is_over(incident), 20)
        for row in town.actions(incident):
            if row[1] in ("evidence", "delete"):
                screen.entry(row[1], row[5] or row[6])
        (archive,) = (town.folder / "evidence").glob("*.tar.gz")
        names = subprocess.run(["tar", "tzf", archive], capture_output=True, text=True, check=True).stdout.split()
        self._evidence = [name for name in names if name.endswith(".eml") and name.startswith("messages/")]
        others = [name for name in names if not name.startswith("messages/")]
        screen.text(f"\n    {archive.name}: {', '.join(others)}, and {len(self._evidence)} messages with envelopes\n")

    def _come_back(self):
        town, screen = self._town, self._screen
        town.sink.refusals.pop(SLOW_FRIEND)  # before her letter is released: Postfix tries once, then waits for minutes
        town.dovecot.change_password(OWNER, NEW_PASSWORD)
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        town.postreeve.tell([{"time": now, "event": "credential_change", "account": OWNER}])
        screen.happens("marta", WHERE[DESK], "sets a new password",
                       f"account is {town.postreeve.standing(OWNER)}")
        went_well = town.log_in(THIEF, OWNER)
        screen.happens("thief", WHERE[THIEF], "tries the old password", "in!" if went_well else "refused",
                       RED if went_well else GREEN)
        session = town.session(DESK, OWNER, NEW_PASSWORD)
        self._write(session, OWNER, DESK, [contacts(OWNER)[7]], "I am back")
        session.close_quietly()
        wait_for(lambda: SLOW_FRIEND in town.sink.recipients(OWNER), 20, lambda: str(town.actions(self._incident())))
        screen.happens("postfix", "", f"her letter to {SLOW_FRIEND.split('@')[0]}", "delivered")

    def _show_incident(self):
        self._screen.command("incident", "show", self._incident())
        self._screen.quote(self._town.postreeve.show("incident", "show", self._incident()))

    def _sum(self):
        town, screen = self._town, self._screen
        town.postfix.settle()
        arrived = set(town.sink.message_ids())
        out = [m for m in self._stolen.accepted if m in arrived]
        reached = sum(m.message_id in out and len(m.recipients) for m in town.sink.messages)
        left = len(town.postfix.held(OWNER))
        honest = [m for outcome in self._honest.values() for m in outcome.accepted + outcome.refused]
        result = {"messages_tried": MESSAGES, "messages_out": len(out), "recipients_out": reached,
                  "messages_left": left, "messages_kept": len(self._evidence), "honest_messages": len(honest),
                  "honest_delivered": sum(m in arrived for m in honest), "contained": self._contained is not None,
                  "is_signed": self._is_signed}
        screen.text(f"The thief tried {MESSAGES} messages to {MESSAGES * RECIPIENTS} people: {len(out)} got out, to "
                    f"{reached} recipients.")
        screen.text(f"Of {result['honest_messages']} honest messages {result['honest_delivered']} were delivered.\n")
        return result
