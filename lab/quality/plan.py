"""Which worlds are lived: population -> command lines of `postreeve-lab score`.

The seeds of published figures are 9000 and up, and their variant is `test`: nobody tunes on
either. Tune on seeds below 9000 and the variant `dev`.
"""
from dataclasses import dataclass

LOUD = ("loud_burst", "botnet", "many_recipients", "credential_test", "guessed_password", "spraying", "campaign",
        "leaked_application")
SHIFTS = (-3, -2, -1, 1, 2, 3)
RETRIES = ("1", "5", "15", "never")
DISASTERS = ("shuffled-geography", "one-address")
NEED_A_SCANNER = ("scanner_verdict",)  # detectors with nothing to say where no scanner looks
FEEDBACK_SHIFT = 2  # lower thresholds, so that there are false alarms enough to judge
WARM_UP = 15
DISASTER_DAY = 21  # a Monday


@dataclass
class Scale:
    worlds: int  # of the headline; a fifth of them, or the first one, where every variation costs a run
    accounts: int
    days: int
    attacks: int
    dev_worlds: int
    even_worlds: int
    even_accounts: int
    cold_worlds: int
    fuse_worlds: int
    fuse_accounts: int
    folds: int  # of the families that are held out of a fit, of five
    fit_worlds: int  # that such a fit sees; the shipped one saw more (the first line of judge/weights.cc)

    @property
    def fifth(self):
        return max(1, round(self.worlds / 5))


FULL = Scale(worlds=10, accounts=1760, days=75, attacks=200, dev_worlds=2, even_worlds=3, even_accounts=1450,
             cold_worlds=20, fuse_worlds=1, fuse_accounts=2000, folds=5, fit_worlds=2)
QUICK = Scale(worlds=2, accounts=1000, days=45, attacks=120, dev_worlds=1, even_worlds=1, even_accounts=580,
              cold_worlds=4, fuse_worlds=1, fuse_accounts=800, folds=1, fit_worlds=2)


def world(seed, accounts, days, *more, variant="test"):
    return ["--seed", str(seed), "--accounts", str(accounts), "--days", str(days), "--variant", variant,
            *(str(word) for word in more)]


def warm(scale, seed, *more, variant="test"):
    """A server that has learned for two weeks when take-overs begin and false alarms count."""
    return world(seed, scale.accounts, scale.days, "--attacks", scale.attacks, "--attacks-from", WARM_UP,
                 "--warm-up", WARM_UP, *more, variant=variant)


def plan(scale, detectors, neighbours):
    fifth = range(9001, 9001 + scale.fifth)
    first = 9001
    populations = {
        "test": [warm(scale, 9001 + n) for n in range(scale.worlds)],
        "dev": [warm(scale, 1 + n, variant="dev") for n in range(scale.dev_worlds)],
        "bare": [warm(scale, seed, "--bare") for seed in fifth],
        "even": [world(9101 + n, scale.even_accounts, scale.days, "--even", "--attacks", scale.attacks // 4,
                       "--attacks-from", WARM_UP, "--warm-up", WARM_UP) for n in range(scale.even_worlds)],
    }
    for retry in RETRIES:
        populations[f"retry {retry}"] = [warm(scale, first, "--retry", retry)]
    populations["scanned"] = [warm(scale, seed, "--scanners") for seed in fifth]
    for detector in detectors:
        scanned = ["--scanners"] if detector in NEED_A_SCANNER else []
        populations[f"without {detector}"] = [warm(scale, seed, "--leave-out", detector, *scanned) for seed in fifth]
    for rule in neighbours:
        populations[f"neighbour {rule}"] = [warm(scale, first, "--neighbour", rule)]
    for shift in SHIFTS:
        populations[f"shift {shift}"] = [warm(scale, first, f"--shift={shift}")]
    for staff in ("staff", "no staff"):
        populations[f"feedback {staff}"] = [
            world(first, scale.accounts, scale.days, "--warm-up", WARM_UP, f"--shift={FEEDBACK_SHIFT}",
                  *(["--staff"] if staff == "staff" else []))]
    loud = [word for family in LOUD for word in ("--family", family)]
    populations["cold"] = [world(9301 + n, 1200, 2, "--attacks", 60, "--attacks-from", 0, *loud)
                           for n in range(scale.cold_worlds)]
    for disaster in DISASTERS:
        for shift in (0, 3):
            populations[f"fuse {disaster} {shift}"] = [
                world(9401 + n, scale.fuse_accounts, DISASTER_DAY + 3, "--warm-up", DISASTER_DAY, "--disaster", disaster,
                      "--disaster-day", DISASTER_DAY, f"--shift={shift}") for n in range(scale.fuse_worlds)]
    return populations


def held_out_families(scale, families):
    """A fifth of the families at a time, neighbours in the list apart."""
    return [families[n::5] for n in range(scale.folds)]


def held_out(scale, folds, fitted_with_all, *fitted_without):
    """The same world of a fold's families twice: with a fit that saw all families, and with one that never saw these."""
    populations = {}
    for n, (families, file) in enumerate(zip(folds, fitted_without)):
        only = [word for family in families for word in ("--family", family)]
        lived = world(9501 + n, 1000, scale.days, "--attacks", 150, "--attacks-from", WARM_UP, "--warm-up", WARM_UP, *only)
        populations[f"held in {n}"] = [[*lived, "--weights", str(fitted_with_all)]]
        populations[f"held out {n}"] = [[*lived, "--weights", str(file)]]
    return populations
