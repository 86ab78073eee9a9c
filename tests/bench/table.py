"""Medians, ratios and the table of them, in Markdown. Raw figures come in as lists of Samples; nothing is measured."""

import statistics

import goals
from rows import ROWS


def median(samples, field="value"):
    values = [getattr(sample, field) for sample in samples]
    return None if not values or None in values else statistics.median(values)


def told(value):
    """Three figures that count."""
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def cell(samples):
    if isinstance(samples, str):
        return samples
    if not samples:
        return "fails"
    cost = median(samples, "cost")
    return told(median(samples)) + (f" [{told(cost)}]" if cost is not None else "")


def best_peer(row, results, field="value"):
    """The samples of the peer with the best median."""
    peers = [samples for server, samples in results.items()
             if server != "uvftpd" and samples and not isinstance(samples, str) and median(samples, field) is not None]
    best = max if field == "value" and row.more_is_better else min
    return best(peers, key=lambda samples: median(samples, field), default=None)


def ratio(row, results, field="value"):
    """The median of the rounds' ratios: what changes the machine's speed between rounds changes both."""
    own = results.get("uvftpd")
    if not own or isinstance(own, str) or median(own, field) is None:
        return None
    best = best_peer(row, results, field)
    if not best:
        return None
    if len(own) != len(best) or not all(getattr(theirs, field) for theirs in best):
        return median(own, field) / median(best, field) if median(best, field) else None
    return statistics.median(getattr(ours, field) / getattr(theirs, field) for ours, theirs in zip(own, best))


def comparison(results, servers, versions, are_judged):
    """`results`: row name -> server -> Samples, or a word in their place."""
    titles = [f"{server} {versions.get(server, '')}".strip() for server in servers]
    lines = ["| row | " + " | ".join(titles) + " | to the best peer | cost, to the cheapest | goal | |",
             "|---|" + "---:|" * len(servers) + "---:|---:|---|---|"]
    for name, of_row in results.items():
        row = ROWS[name]
        verdicts = goals.judge(name, results) if are_judged else []
        lines.append(f"| {row.title}: {row.unit} | "
                     + " | ".join(cell(of_row.get(server, "")) for server in servers)
                     + f" | {told(ratio(row, of_row))} | {told(ratio(row, of_row, 'cost'))} | "
                     + "; ".join(text for text, _ in verdicts) + " | "
                     + "; ".join("met" if met else f"**missed ({told(value)})**" for _, (met, value) in verdicts) + " |")
    return "\n".join(lines) + "\n"
