#!/usr/bin/env python3
"""Makes statistics.json beside it: reference figures by brute force, with the standard library alone.

Each figure is found by another way than the program's: sums over every segmentation or path, exact fractions, counts of
lattice paths. Run `python3 test/golden/statistics.py > test/golden/statistics.json` after a change.
"""
import json
import math
from fractions import Fraction
from itertools import product


def segmentations(n):
    """Ascending places at which a new segment begins, the first (0) left out."""
    for bits in product((0, 1), repeat=n - 1):
        yield [k + 1 for k, bit in enumerate(bits) if bit]


def beta(a, b):
    return math.exp(math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b))


def bocpd(x, hazard, prior):
    n = len(x)
    total = 0.0
    run = [0.0] * (n + 1)
    change = [0.0] * n
    for starts in segmentations(n):
        weight = hazard ** len(starts) * (1 - hazard) ** (n - 1 - len(starts))
        edges = [0, *starts, n]
        for a, b in zip(edges, edges[1:]):
            ones = sum(x[a:b])
            weight *= beta(prior[0] + ones, prior[1] + b - a - ones) / beta(*prior)
        total += weight
        run[n - edges[-2]] += weight
        for start in starts:
            change[start] += weight
    return {
        "x": x,
        "hazard": hazard,
        "prior": prior,
        "log_evidence": math.log(total),
        "run_length_posterior_at_T": {str(k): run[k] / total for k in range(1, n + 1)},
        "changepoint_prob_smoothed": [value / total for value in change],
    }


def pelt(x, penalty):
    def cost(part):
        n, s = len(part), sum(part)
        return -sum(k * math.log(k / n) for k in (s, n - s) if k > 0)

    def price(starts):
        edges = [0, *starts, len(x)]
        return sum(2 * cost(x[a:b]) for a, b in zip(edges, edges[1:])) + penalty * len(starts)

    return min(segmentations(len(x)), key=price)


def two_states(t, y, given):
    n = len(t)
    up, down = given["rate_ok_to_blocked"], given["rate_blocked_to_ok"]

    def move(a, b, dt):
        gone = 1 - math.exp(-(up + down) * dt)
        away = (up if a == 0 else down) / (up + down) * gone
        return 1 - away if a == b else away

    fail = (given["p_fail_given_ok"], 1 - given["p_success_given_blocked"])
    total, best, likeliest = 0.0, -1.0, None
    blocked, first = [0.0] * n, [0.0] * (n + 1)
    for path in product((0, 1), repeat=n):
        weight = given["p_blocked_initial"] if path[0] else 1 - given["p_blocked_initial"]
        for k in range(n):
            if k > 0:
                weight *= move(path[k - 1], path[k], t[k] - t[k - 1])
            if y[k] is not None:
                weight *= fail[path[k]] if y[k] else 1 - fail[path[k]]
        total += weight
        if weight > best:
            best, likeliest = weight, path
        for k in range(n):
            blocked[k] += weight * path[k]
        first[path.index(1) if 1 in path else n] += weight
    return {
        "t_hours": t,
        "y": y,
        **given,
        "log_likelihood": math.log(total),
        "smoothed_p_blocked": [value / total for value in blocked],
        "viterbi": list(likeliest),
        "p_first_blocked_index": [value / total for value in first],
    }


def binomial_tail(k, n, q):
    return sum(math.comb(n, j) * q**j * (1 - q) ** (n - j) for j in range(k, n + 1))


def coincidence(a, b, window, lag):
    known = [k for k in range(len(a)) if a[k] is not None and b[k] is not None]
    first, second = [k for k in known if a[k]], [k for k in known if b[k]]
    follows = lambda one, other: lag <= one - other <= lag + window
    precursor = sum(any(follows(one, other) for other in second) for one in first)
    trigger = sum(any(follows(one, other) for one in first) for other in second)
    counts = {"T": len(known), "N_A": len(first), "N_B": len(second), "K_precursor": precursor, "K_trigger": trigger}

    def form(width):
        share = Fraction(width, len(known) - lag)
        tail = lambda k, events, others: float(binomial_tail(k, events, 1 - (1 - share) ** others))
        return {
            **counts,
            "p_precursor": tail(precursor, len(first), len(second)),
            "p_trigger": tail(trigger, len(second), len(first)),
        }

    return {
        "A": a,
        "B": b,
        "delT": window,
        "tau": lag,
        "result_ts_form": form(window + 1),
        "result_es_form": form(window),
    }


def shifts(hours, onsets, events, window):
    def near(shift):
        lags = range(window[0], window[1] + 1)
        return sum(any((onset + shift - event - lag) % hours == 0 for event in events for lag in lags) for onset in onsets)

    observed = near(0)
    share = lambda every: sum(near(k) >= observed for k in range(0, hours, every)) / len(range(0, hours, every))
    return {
        "n_hours": hours,
        "onsets": onsets,
        "events": events,
        "window": window,
        "observed": observed,
        "p_all_168_circular_shifts": share(1),
        "p_day_preserving_shifts": share(24),
    }


def adjusted(p):
    order = sorted(p)
    worth = [min(1.0, min(order[j] * len(p) / (j + 1) for j in range(i, len(p)))) for i in range(len(p))]
    return [worth[order.index(value)] for value in p]


def root(rises, wanted):
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rises(middle) < wanted else (low, middle)
    return (low + high) / 2


def jeffreys_below(x, k, n):
    """P(share < x) under Beta(k + 1/2, n - k + 1/2), by Simpson's rule after share = sin(angle)^2."""

    def area(until):
        steps = 2000
        width = until / steps
        value = lambda angle: math.sin(angle) ** (2 * k) * math.cos(angle) ** (2 * (n - k))
        inner = sum((4 if step % 2 else 2) * value(step * width) for step in range(1, steps))
        return (value(0) + inner + value(until)) * width / 3

    return area(math.asin(math.sqrt(x))) / area(math.pi / 2)


def intervals(k, n):
    z = root(lambda q: 0.5 * (1 + math.erf(10 * q / math.sqrt(2))), 0.975) * 10
    share = k / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return {
        "k": k,
        "n": n,
        "clopper_pearson": [
            root(lambda q: binomial_tail(k, n, q), 0.025),
            root(lambda q: binomial_tail(k + 1, n, q), 0.975),
        ],
        "wilson": [middle - half, middle + half],
        "jeffreys": [root(lambda q: jeffreys_below(q, k, n), tail) for tail in (0.025, 0.975)],
    }


OUTCOMES = [0, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0]
P = [0.0004, 0.02, 0.011, 0.3, 0.049, 0.051, 0.7, 0.0301]
FIRST = [None, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, None, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
SECOND = [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, None, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0]
STATES = {
    "rate_ok_to_blocked": 0.03,
    "rate_blocked_to_ok": 0.15,
    "p_fail_given_ok": 0.04,
    "p_success_given_blocked": 0.2,
    "p_blocked_initial": 0.15,
}
print(
    json.dumps(
        {
            "bocpd_beta_bernoulli": bocpd(OUTCOMES, 0.08, [1, 1]),
            "bocpd_beta_bernoulli_jeffreys": bocpd(OUTCOMES, 0.03, [0.5, 0.5]),
            "pelt": {
                "bic": pelt(OUTCOMES, 2 * math.log(len(OUTCOMES))),
                "twice_bic": pelt(OUTCOMES, 4 * math.log(len(OUTCOMES))),
            },
            "ct_hmm_two_state": two_states(
                [0, 0.5, 2, 3.25, 6, 6.5, 9, 9.25, 14, 22, 23], [0, 0, 1, 1, None, 1, 0, 1, 0, 0, 0], STATES
            ),
            "eca_coincalc_example1": coincidence(FIRST, SECOND, 2, 0),
            "circular_shift_hourly": shifts(168, [21, 45, 70, 117, 160], [20, 43, 69, 116], [0, 2]),
            "benjamini_hochberg": {"p": P, "adjusted": adjusted(P)},
            "binomial_intervals": intervals(7, 19),
        },
        indent=2,
    )
)
