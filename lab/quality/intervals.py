"""Quantiles, bootstrap intervals and exact bounds, without a library."""
import math
import random

ROUNDS = 400


def quantile(values, share):
    """A value that was there, as lab/score/tally.h has it; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.floor(share * (len(ordered) - 1) + 0.5))]


def bootstrap(clusters, figure, rounds=ROUNDS, seed=1):
    """95 % interval of figure(items): whole clusters are drawn, for what one crew does is no accident twice."""
    if not clusters:
        return (0.0, 0.0)
    chance = random.Random(seed)
    values = []
    for _ in range(rounds):
        drawn = chance.choices(clusters, k=len(clusters))
        values.append(figure([item for cluster in drawn for item in cluster]))
    return (quantile(values, 0.025), quantile(values, 0.975))


def poisson_of_one(chance):
    count, product = 0, chance.random()
    while product > math.exp(-1):
        count += 1
        product *= chance.random()
    return count


def bootstrap_sum(counts, rounds=ROUNDS, seed=1):
    """95 % interval of the sum of a count over many accounts, nearly all of which have 0 and are not listed."""
    chance = random.Random(seed)
    sums = [sum(poisson_of_one(chance) * count for count in counts) for _ in range(rounds)]
    return (quantile(sums, 0.025), quantile(sums, 0.975))


def binomial_tail(count, trials, share):
    """P(X <= count)."""
    if share <= 0 or count >= trials:
        return 1.0
    if share >= 1:
        return 0.0
    logs = [math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * math.log(share)
            + (trials - k) * math.log1p(-share) for k in range(count + 1)]
    most = max(logs)
    return math.exp(most) * sum(math.exp(log - most) for log in logs)


def solve(is_below):
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return high


def upper_bound(count, trials):
    """One-sided 95 % bound of a share (Clopper and Pearson); the rule of three when none was seen."""
    trials = round(trials)
    if trials == 0 or count >= trials:
        return 1.0
    return solve(lambda share: binomial_tail(count, trials, share) > 0.05)


def lower_bound(count, trials):
    trials = round(trials)
    if count == 0 or trials == 0:
        return 0.0
    return solve(lambda share: 1 - binomial_tail(count - 1, trials, share) < 0.05)
