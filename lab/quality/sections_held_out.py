"""What is said about families that a fit never saw."""
import figures as f
from markdown import number, percent, table


def held_out(sheets, fit_command):
    text = "## Families held out in turn\n\n"
    if not fit_command:
        return text + ("The weights of this revision are written by hand, so holding a family out cannot change them; what "
                       "shows overfitting is the distance between the variants dev and test above.\n")
    folds = sum(name.startswith("held out") for name in sheets)
    rows, shipped, without = [], [], []
    for fold in range(folds):
        as_shipped, unseen = sheets[f"held in {fold}"], sheets[f"held out {fold}"]
        shipped += as_shipped
        without += unseen
        for family in sorted({a["family"] for a in f.take_overs(as_shipped)}):
            known, new = f.take_overs(as_shipped, {family}), f.take_overs(unseen, {family})
            rows.append((family, len(known), percent(f.caught(known)), percent(f.caught(new)),
                         percent(f.leaked_share(known)), percent(f.leaked_share(new))))
    known, new = f.take_overs(shipped), f.take_overs(without)
    rows.append(("all", len(known), percent(f.caught(known)), percent(f.caught(new)), percent(f.leaked_share(known)),
                 percent(f.leaked_share(new))))
    head = ("family", "n", "caught, as shipped", "caught, never seen", "leaked, as shipped", "leaked, never seen")
    return (f"{text}The shipped weights come from `postreeve-lab {' '.join(fit_command)}`. The same fit without a fifth of the "
            "families at a time, judged on just these, in worlds of the variant test:\n\n" + table(head, rows)
            + f"\nHonest accounts restricted there, per 10,000 account-months: {number(f.honest(shipped).rate())} as "
            f"shipped, {number(f.honest(without).rate())} with the other fits.\n")
