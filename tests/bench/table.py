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
    """Of the peers that could be measured."""
    values = [median(samples, field) for server, samples in results.items()
              if server != "uvftpd" and samples and not isinstance(samples, str)]
    values = [value for value in values if value is not None]
    if not values:
        return None
    return max(values) if field == "value" and row.more_is_better else min(values)


def ratio(row, results, field="value"):
    own = results.get("uvftpd")
    if not own or isinstance(own, str):
        return None
    best, ours = best_peer(row, results, field), median(own, field)
    return ours / best if best and ours is not None else None


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
