"""The honest month of people: when they write, to whom, from where, and when they read."""

import math
import random
from datetime import date, timedelta

from recorder.actions import Action, Attempt, ChangePassword, Guess, Message, Read, Submit
from recorder.clock import warsaw
from recorder.people import Person
from recorder.smtp import Client
from recorder.world import World

FIRST_DAY, LAST_DAY = date(2026, 9, 28), date(2026, 10, 31)
DAYS = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
_TRIP = (date(2026, 10, 11), date(2026, 10, 18))
_STALE_DAY = date(2026, 10, 6)

_SUBJECTS = ("Oferta", "Faktura {}", "Re: spotkanie", "Re: oferta {}", "Zamowienie {}", "Umowa", "Pytanie",
             "Re: Pytanie", "Harmonogram",
             "Protokol z zebrania", "Fwd: dokumenty", "Zapytanie o termin", "Re: Zamowienie {}",
             "Wycena {}", "Lista obecnosci", "Sprawdzian klasa {}", "Re: Fwd: skan", "Urlop", "Raport za wrzesien",
             "Notatka", "Re: Raport za wrzesien", "Potwierdzenie", "Prosba o kontakt", "Zalacznik {}")


def at(day: date, hour: float) -> float:
    return warsaw(day.year, day.month, day.day, hour)


def subject(rng: random.Random) -> str:
    return rng.choice(_SUBJECTS).format(rng.randrange(1, 900))


def poisson(rng: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


class OfficeDays:
    def __init__(self, world: World, rng: random.Random):
        self._world = world
        self._rng = rng

    def month_of(self, person: Person) -> list[Action]:
        actions: list[Action] = []
        for number, day in enumerate(DAYS):
            weekend = day.weekday() >= 5
            mood = self._rng.gammavariate(1.5, 1 / 1.5)
            count = poisson(self._rng, person.messages_a_day * mood * (0.06 if weekend else 1.0))
            for _ in range(count):
                hour = self._hour(weekend)
                actions.append(self._submission(person, day, number, hour))
            for _ in range(poisson(self._rng, 0.7 if weekend else 3.0)):
                hour = self._hour(weekend or self._rng.random() < 0.3)
                client = self._client(person, day, number, hour)
                actions.append(Read(at(day, hour), person.account, client, person.protocol, self._rng.random() < 0.7))
        if person.persona == "stale phone":
            actions += self._stale_phone(person)
        return actions

    def _hour(self, leisure: bool) -> float:
        hour = self._rng.uniform(8, 22.5) if leisure or self._rng.random() < 0.1 else \
            self._rng.gauss(10.3, 1.4) if self._rng.random() < 0.6 else self._rng.gauss(13.8, 1.3)
        return min(23.5, max(5.5, hour))

    def _client(self, person: Person, day: date, number: int, hour: float) -> Client:
        rng = self._rng
        if person.persona == "phone only":
            return person.on_phone(rng)
        if person.persona == "traveller" and _TRIP[0] <= day <= _TRIP[1]:
            if day in _TRIP and hour < 14:
                return person.passing("airport-de", rng)
            return person.passing(rng.choice(("hotel-es", "hotel-es", "roaming-es")), rng)
        if person.persona == "vpn user" and rng.random() < 0.6:
            return person.passing(rng.choice(("vpn-nl", "vpn-ch", "vpn-us")), rng)
        if person.persona == "role mailbox" and rng.random() < 0.2:
            return person.on_phone(rng)
        if day.weekday() < 5 and 7.3 <= hour <= 16.5 and rng.random() < 0.85:
            return person.at_desk()
        return person.at_home(number) if rng.random() < 0.5 else person.on_phone(rng)

    def _submission(self, person: Person, day: date, number: int, hour: float) -> Submit:
        # Now and then two messages leave in one go.
        count = 2 if self._rng.random() < 0.07 else 1
        messages = tuple(Message(self._recipients(person), subject(self._rng), self._size()) for _ in range(count))
        client = self._client(person, day, number, hour)
        return Submit(at(day, hour) + self._rng.random() * 59, person.account, client, messages, login=person.login)

    def _size(self) -> int:
        return int(min(60_000, self._rng.lognormvariate(8.0, 1.1)))

    def _recipients(self, person: Person) -> tuple[str, ...]:
        """As many as real messages have: one in 83 % of them."""
        draw = self._rng.random()
        count = 1 if draw < 0.83 else 2 if draw < 0.91 else self._rng.randrange(3, 6) if draw < 0.972 \
            else self._rng.randrange(6, 12) if draw < 0.99 else self._rng.randrange(12, 24)
        return tuple(dict.fromkeys(self._recipient(person) for _ in range(count)))

    def _recipient(self, person: Person) -> str:
        rng = self._rng
        if rng.random() < person.newness:
            address = self._world.stranger(rng)
            mishap = rng.random()
            if mishap < 0.11:
                return self._world.refuse(self._world.bystander(rng), "unknown")
            if mishap < 0.16:
                self._world.refuse(address, "grey")
            person.contacts.append(address)
            return address
        mishap = rng.random()
        if mishap < 0.004:  # a typing error in a known address
            local, _, domain = rng.choice(person.contacts).partition("@")
            return self._world.refuse(f"{local[:-1]}@{domain}", "unknown") if domain in self._world.exchangers \
                else f"{local}@{domain}"
        if mishap < 0.006:
            return self._world.refuse(self._world.bystander(rng), "full")
        return person.contacts[int(len(person.contacts) * rng.random() ** 2.2)]

    def _stale_phone(self, person: Person) -> list[Action]:
        """A new password, and a phone that hammers with the old one until the evening."""
        actions: list[Action] = [ChangePassword(at(_STALE_DAY, 9.1), person.account, "nowe-haslo-2026")]
        moment = at(_STALE_DAY, 9.15)
        while moment < at(_STALE_DAY, 19.3):
            protocol = "smtp" if self._rng.random() < 0.1 else "imap"
            attempt = Attempt(person.account, "stare-haslo", person.on_phone(self._rng), protocol)
            actions.append(Guess(moment, (attempt,)))
            moment += self._rng.uniform(300, 1100)
        return actions
