"""What is said about families that a fit never saw."""
import figures as f
from markdown import number, percent, table


def held_out(sheets, fit_command):
    text = "## Families held out in turn\n\n"
    if not fit_command:
        return text + ("The weights of this revision are written by hand, so holding a family out cannot change them; what "
                       "shows overfitting is the distance between the variants dev and test above.\n")
    folds = sum(name.startswith("held out") for name in sheets)
    rows, with_all, without = [], [], []
    for fold in range(folds):
        seen, unseen = sheets[f"held in {fold}"], sheets[f"held out {fold}"]
        with_all += seen
        without += unseen
        for family in sorted({a["family"] for a in f.take_overs(seen)}):
            known, new = f.take_overs(seen, {family}), f.take_overs(unseen, {family})
            rows.append((family, len(known), percent(f.caught(known)), percent(f.caught(new)),
                         percent(f.leaked_share(known)), percent(f.leaked_share(new))))
    known, new = f.take_overs(with_all), f.take_overs(without)
    rows.append(("all", len(known), percent(f.caught(known)), percent(f.caught(new)), percent(f.leaked_share(known)),
                 percent(f.leaked_share(new))))
    head = ("family", "n", "caught, seen", "caught, never seen", "leaked, seen", "leaked, never seen")
    return (f"{text}The shipped weights come from `postreeve-lab {' '.join(fit_command)}` and the corrections named in "
            "their file. Here the bare fit with all families, and the same without a fifth of them at a time, on fewer worlds "
            "and both judged on just that fifth, in worlds of the variant test:\n\n" + table(head, rows)
            + f"\nHonest accounts restricted there, per 10,000 account-months: {number(f.honest(with_all).rate())} with all "
            f"seen, {number(f.honest(without).rate())} with the other fits.\n")
