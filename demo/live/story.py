"""A day in an office, and an evening on which somebody else has Marta's password."""

from private_servers.clients import Outcome, Place
from private_servers.habits import DESK, HOME, PHONE, contacts

from live.screen import GREEN, RED, YELLOW
from live.town import OWNER, PEOPLE

THIEF = Place("20.10.4.66", "User")
GUESSER = Place("20.14.7.31")
RECIPIENTS, MESSAGES, SHOWN = 10, 60, 8
WHERE = {DESK: "office, Germany", PHONE: "phone, Germany", HOME: "home, Germany", THIEF: "20.10.4.66, Vietnam",
         GUESSER: "20.14.7.31, Russia"}


class Story:
    def __init__(self, town, screen):
        self._town, self._screen = town, screen
        self._honest = {account: Outcome() for account in PEOPLE}
        self._stolen = Outcome()
        self._first_theft = self._contained = None

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
        screen.title("5. What got out.")
        return self._sum()

    def _write(self, session, who, place, recipients, what):
        outcome = session.submit(recipients, subject=what)
        self._honest[who] += outcome
        self._screen.happens(who.split("@")[0], WHERE[place], f"writes to {recipients[0]}",
                             "delivered" if outcome.accepted else f"refused: {outcome.replies[0][0]}",
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

    def _guess(self):
        account, place = "ewa@office.example", GUESSER
        for i in range(1, 11):
            self._town.log_in(place, account, f"ewa{2015 + i}")
            if i <= 3 or i == 10:
                self._screen.happens("guesser", WHERE[place], f"tries password no. {i}", "wrong", YELLOW)
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

    def _sum(self):
        town, screen = self._town, self._screen
        town.postfix.settle()
        arrived = set(town.sink.message_ids())
        out = [m for m in self._stolen.accepted if m in arrived]
        reached = sum(m.message_id in out and len(m.recipients) for m in town.sink.messages)
        held = town.postfix.held(OWNER)
        honest = [m for outcome in self._honest.values() for m in outcome.accepted + outcome.refused]
        result = {"messages_tried": MESSAGES, "messages_out": len(out), "recipients_out": reached,
                  "messages_held": len(held), "honest_messages": len(honest),
                  "honest_delivered": sum(m in arrived for m in honest), "contained": self._contained is not None}
        screen.text(f"The thief tried {MESSAGES} messages to {MESSAGES * RECIPIENTS} people: {len(out)} got out, to "
                    f"{reached} recipients. {len(held)} lie in the hold queue, the others were refused.")
        screen.text(f"Of {result['honest_messages']} honest messages {result['honest_delivered']} were delivered.\n")
        self._show_incidents()
        return result

    def _show_incidents(self):
        screen = self._screen
        screen.text("What a postmaster sees (postreeve incident list):\n")
        for incident in self._town.postreeve.ask("incident", "list"):
            screen.text(f"    {incident['incident']}  {incident['account']}  {incident['standing']} since "
                        f"{incident['opened'][11:19]} UTC, {incident['outcome']}\n    {incident['why']}\n")
        screen.text("and what he would type next: postreeve incident confirm ID --cause phishing, a new password for\n"
                    "Marta, and postsuper -d for what is held.\n")
