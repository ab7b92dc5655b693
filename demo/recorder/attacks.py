"""Six take-overs, each of another family (`thief` in the actions, `family` in truth.jsonl)."""

import random
from datetime import date

from recorder.actions import Action, Attempt, ChangePassword, Guess, Message, Read, Submit
from recorder.geography import NETWORKS, RESIDENTIAL_ABROAD
from recorder.office_days import at
from recorder.people import OFFICE, SCHOOL, TRADE, Person
from recorder.smtp import Client
from recorder.world import FREEMAIL, SPAM_TARGETS, World

_PASSWORDS = ("123456", "haslo123", "Qwerty1!", "zaq12wsx", "polska1", "Jesien2026", "P@ssw0rd", "misiek1", "lato2026")


class Attacks:
    def __init__(self, people: dict[str, Person], world: World, rng: random.Random):
        ordinary = [p for p in people.values() if p.persona in ("office worker", "teacher", "trader") and not p.login]
        office = [p for p in ordinary if p.tenant == OFFICE]
        school = [p for p in ordinary if p.tenant == SCHOOL]
        trade = [p for p in ordinary if p.tenant == TRADE]
        self._victims = {"loud burst": office[5], "botnet": school[7], "guessed password": office[11],
                         "low and slow": school[15], "lateral phishing": school[21], "spraying": trade[4]}
        self._accounts = list(people)
        self._world = world
        self._rng = rng

    def month(self) -> list[Action]:
        return (self._loud_burst() + self._botnet() + self._guessed() + self._slow() + self._lateral()
                + self._spraying())

    # -- helpers ---------------------------------------------------------------

    def _address(self, network: str) -> str:
        return NETWORKS[network].address(self._rng)

    def _targets(self, count: int, dead: float) -> list[str]:
        """Bought addresses: a share `dead` does not exist, others refuse or hesitate."""
        rng = self._rng
        addresses = []
        for _ in range(count):
            address = self._world.bystander(rng, SPAM_TARGETS if rng.random() < 0.7 else FREEMAIL)
            draw = rng.random()
            how = "unknown" if draw < dead else "blocked" if draw < dead + 0.08 else "rate" if draw < dead + 0.09 \
                else "full" if draw < dead + 0.095 else ""
            addresses.append(self._world.refuse(address, how) if how else address)
        return addresses

    def _message(self, recipients: list[str], subjects: tuple[str, ...], size: int) -> Message:
        return Message(tuple(dict.fromkeys(recipients)), self._rng.choice(subjects), size + self._rng.randrange(400))

    def _locked_out(self, person: Person, moment: float, clients: list[Client]) -> list[Action]:
        """The hoster notices in the end and sets a new password; the thieves go on trying."""
        attempts = [Guess(moment + 240 * n, (Attempt(person.account, "stolen", self._rng.choice(clients)),))
                    for n in range(1, 9)]
        return [ChangePassword(moment, person.account, "reset-by-hoster-" + str(self._rng.getrandbits(30))), *attempts]

    # -- the six ---------------------------------------------------------------

    def _loud_burst(self) -> list[Action]:
        """A tiny test message one evening, thousands of recipients from the same host in the next night."""
        person, family = self._victims["loud burst"], "loud burst"
        host = self._address("scan-hosting")
        test = Message((self._world.stranger(self._rng, FREEMAIL),), "ZYaeD, X", 220)
        actions: list[Action] = [Submit(at(date(2026, 10, 12), 21.57), person.account, Client(host, "localhost"),
                                        (test,), thief=family)]
        start, burst_client = at(date(2026, 10, 13), 2.23), Client(host, "WIN-5T0K3N")
        subjects = ("Your parcel could not be delivered", "Final notice: confirm your delivery",
                    "Parcel 4471 is waiting")
        for session in range(12):
            messages = tuple(self._message(self._targets(self._rng.randrange(20, 51), 0.3), subjects, 3100)
                             for _ in range(5))
            actions.append(Submit(start + session * 170, person.account, burst_client, messages, thief=family))
        return actions + self._locked_out(person, at(date(2026, 10, 13), 8.7), [burst_client])

    def _botnet(self) -> list[Action]:
        """Homes in forty countries, one or two messages each."""
        person, family = self._victims["botnet"], "botnet"
        subjects = ("Re: photo", "hello dear", "Invest today, earn tomorrow", "Your crypto wallet", "re: payment")
        clients, actions, moment = [], [], at(date(2026, 10, 15), 17.1)
        for _ in range(115):
            address = self._address(self._rng.choice(RESIDENTIAL_ABROAD))
            client = Client(address, f"DESKTOP-{self._rng.getrandbits(28):07X}", "LOGIN")
            clients.append(client)
            for _ in range(self._rng.choice((1, 1, 2))):
                message = self._message(self._targets(self._rng.randrange(1, 5), 0.25), subjects, 1500)
                actions.append(Submit(moment, person.account, client, (message,), thief=family))
                moment += self._rng.expovariate(1 / 110)
        return actions + self._locked_out(person, at(date(2026, 10, 16), 7.9), clients)

    def _guessed(self) -> list[Action]:
        """Forty-eight wrong passwords, the right one, half an hour of silence, then the run."""
        person, family = self._victims["guessed password"], "guessed password"
        client = Client(self._address("guess-hosting"), "User", "LOGIN")
        moment = at(date(2026, 10, 9), 22.4)
        actions: list[Action] = []
        for _ in range(48):
            actions.append(Guess(moment, (Attempt(person.account, self._rng.choice(_PASSWORDS), client),)))
            moment += self._rng.uniform(25, 60)
        actions.append(Submit(moment, person.account, client, (), thief=family))  # right: it works
        subjects = ("Zalegla platnosc", "Wezwanie do zaplaty", "Faktura do oplacenia")
        for _ in range(40):
            messages = tuple(self._message(self._targets(self._rng.randrange(3, 9), 0.4), subjects, 2700)
                             for _ in range(2))
            actions.append(Submit(moment + 1800, person.account, client, messages, thief=family))
            moment += self._rng.uniform(40, 130)
        return actions + self._locked_out(person, at(date(2026, 10, 10), 9.5), [client])

    def _slow(self) -> list[Action]:
        """Three to five messages a day for a fortnight, from the owner's own country; nobody notices."""
        person, family = self._victims["low and slow"], "low and slow"
        actions: list[Action] = []
        address = self._address("cable4")
        for day in range(16, 30):
            if day % 4 == 0:
                address = self._address("cable4")
            for _ in range(self._rng.randrange(3, 6)):
                hour = 2.2 + self._rng.random() * 0.7 if day == 25 else self._rng.uniform(9, 23)
                targets = self._targets(self._rng.randrange(1, 4), 0.12)
                message = self._message(targets, ("Loan offer", "Low rates"), 1900)
                moment = at(date(2026, 10, day), hour)
                # On the 25th half of them fall into the second 2 o'clock.
                moment += 3600 if day == 25 and self._rng.random() < 0.5 else 0
                client = Client(address, "[192.168.1.7]")
                actions.append(Submit(moment, person.account, client, (message,), thief=family))
        return actions

    def _lateral(self) -> list[Action]:
        """The mailbox is read from abroad first; then its owner's own contacts get a link, in working hours."""
        person, family = self._victims["lateral phishing"], "lateral phishing"
        client = Client(self._address("home-ng"), "Samuels-MacBook-Air.local")
        actions: list[Action] = [Read(at(date(2026, 10, day), hour), person.account, client)
                                 for day, hour in ((19, 13.2), (19, 22.0), (20, 8.4), (21, 9.8))]
        colleagues = [a for a in self._accounts if a.endswith("@" + person.tenant)]
        moment = at(date(2026, 10, 21), 10.4)
        for recipient in dict.fromkeys(person.contacts[:30] + colleagues[:18]):
            message = self._message([recipient], ("Udostepniono Ci dokument", "Re: dokument do podpisu"), 4100)
            actions.append(Submit(moment, person.account, client, (message,), thief=family))
            moment += self._rng.uniform(15, 50)
        return actions + self._locked_out(person, at(date(2026, 10, 21), 13.6), [client])

    def _spraying(self) -> list[Action]:
        """A few common passwords on every account, slowly, from many hosts; one fits, and a run through Exim."""
        person, family = self._victims["spraying"], "spraying"
        rng = self._rng
        hosts = [Client(self._address(network), "User")
                 for network in ("guess-hosting",) * 4 + tuple(rng.sample(RESIDENTIAL_ABROAD, 10))]
        start, end = at(date(2026, 10, 19), 3), at(date(2026, 10, 22), 20)
        attempts = [Attempt(account, password, rng.choice(hosts))
                    for password in ("Jesien2026", "Haslo123!", "Pazdziernik1") for account in self._accounts]
        volleys = [tuple(attempts[n:n + 3]) for n in range(0, len(attempts), 3)]
        actions: list[Action] = [Guess(start + (end - start) * n / len(volleys), volley)
                                 for n, volley in enumerate(volleys)]
        actions.append(Submit(end, person.account, rng.choice(hosts), (), thief=family))  # the hit
        moment, client = at(date(2026, 10, 22), 23.2), hosts[0]
        subjects = ("Account verification required", "Unusual sign-in activity", "Mailbox storage almost full")
        for _ in range(72):
            message = self._message(self._targets(rng.randrange(4, 11), 0.35), subjects, 3600)
            actions.append(Submit(moment, person.account, client, (message,), thief=family))
            moment += rng.uniform(40, 120)
        return actions + self._locked_out(person, at(date(2026, 10, 23), 7.6), hosts)
