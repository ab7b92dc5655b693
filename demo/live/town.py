"""The servers of the demonstration, and who uses them."""

from private_servers.site import Site

OWNER = "marta@office.example"
PEOPLE = [OWNER, "jan@office.example", "ewa@office.example", "piotr@office.example"]
# A letter of hers that its destination puts off: it is in the queue when the thief comes.
SLOW_FRIEND = "marta.friend9@partner1.example"
PLAN = """
[response]
held = ["queue", "sessions", "notice", "desk"]
suspended = ["flag_sqlite", "notice", "desk"]
confirmed = ["evidence", "delete"]
released = ["notice", "desk"]
"""


class Town(Site):
    def __init__(self):
        super().__init__(PEOPLE, ["sqlite"], PLAN)
        self.sink.refusals[SLOW_FRIEND] = "451 4.7.1 Greylisting in action, please come back later"

    def remember_three_weeks(self, accounts=PEOPLE):
        super().remember_three_weeks(accounts)
