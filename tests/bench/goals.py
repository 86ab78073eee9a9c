"""What the figures have to come to. Each goal is of one row: a text, and a function of all results that gives
the figure to judge and its bound; a row without the figures needed is not judged."""

import table
from rows import ROWS


def rate(results, name):
    return table.ratio(ROWS[name], results[name])


def cost(results, name):
    return table.ratio(ROWS[name], results[name], "cost")


def own(results, name, field="value"):
    samples = results.get(name, {}).get("uvftpd")
    return table.median(samples, field) if samples and not isinstance(samples, str) else None


def own_more(results, name, key):
    samples = results.get(name, {}).get("uvftpd")
    return max(sample.more[key] for sample in samples) if samples and not isinstance(samples, str) else None


def against(results, name, other):
    ours, others = own(results, name), own(results, other)
    return ours / others if ours and others else None


def at_least(figure, bound, text):
    return lambda results, name: (f"{text} >= {bound:g}", figure(results, name), lambda value: value >= bound)


def at_most(figure, bound, text):
    return lambda results, name: (f"{text} <= {bound:g}", figure(results, name), lambda value: value <= bound)


def rate_and_cost(least, most):
    return [at_least(rate, least, "rate"), at_most(cost, most, "cost")]


def p50(bound):
    return at_most(lambda results, name: own(results, name, "cost"), bound, "p50")


GOALS = {
    "get1": rate_and_cost(1.1, 1.0), "get8": rate_and_cost(1.2, 1.0), "get64": rate_and_cost(1.4, 1.0),
    "active1": [at_least(lambda results, name: against(results, name, "get1"), 0.9, "of own passive")],
    "put1": rate_and_cost(1.15, 0.8), "put8": rate_and_cost(1.1, 0.85), "put64": rate_and_cost(1.2, 0.75),
    "get1k_8": rate_and_cost(1.0, 0.6), "get16k_8": rate_and_cost(1.0, 0.6),
    "put1k_8": rate_and_cost(1.0, 0.7), "put16k_8": rate_and_cost(1.0, 0.7),
    "login1": rate_and_cost(1.3, 0.5), "login32": rate_and_cost(1.45, 0.5),
    "idle10000": [at_most(own, 1024, "bytes"),
                  at_most(lambda results, name: own(results, name, "cost"), 2, "seconds")],
    "list100k": [at_most(rate, 0.7, "time")], "mlsd100k": [at_most(rate, 0.7, "time")],
    "nlst100k": [at_most(rate, 0.9, "time")],
    "lat_get8": [p50(100), at_most(rate, 1.0, "p99")],
    "lat_put8": [p50(100), at_most(rate, 1.2, "p99")],
    "lat_list": [p50(100), at_most(own, 3000, "p99")],
    "slow200": [at_least(rate, 1.2, "rate"),
                at_least(lambda results, name: against(results, name, "slow0"), 0.9, "of alone")],
    "tls_get1": rate_and_cost(1.1, 1.0), "tls_get8": rate_and_cost(1.1, 1.0),
    "tls_put1": rate_and_cost(1.1, 1.0), "tls_put8": rate_and_cost(1.1, 1.0),
    "tls_login8": [at_least(rate, 1.2, "rate")],
    "start": [at_most(own, 10, "ms")],
}


def judge(name, results):
    """Pairs of a text, and whether it is met with the figure; none where it cannot be told."""
    verdicts = []
    for goal in GOALS.get(name, ()):
        text, value, is_met = goal(results, name)
        if value is not None:
            verdicts.append((text, (is_met(value), value)))
    return verdicts


def with_what_they_need(names):
    """In the table's order; a goal may look at another row too."""
    wanted = set(names) | {other for name, other in (("active1", "get1"), ("slow200", "slow0")) if name in names}
    return [name for name in ROWS if name in wanted]


def missed(results):
    return [name for name in results for _, (is_met, _) in judge(name, results) if not is_met]
