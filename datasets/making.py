"""What the generators of Larkshire's surveys, diary and extracts share: parameters in, files out.

A generator reads its parameters from its own `datapackage.json`, where each stands beside its source,
ranks people on a hidden standing and cuts the ranking into the published shares. So shares are exact to
within one person, while answers that lean on the same standing still hang together.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd


def calibration(home: Path) -> dict:
    """Parameters by name, from the descriptor in `home`."""
    descriptor = json.loads((home / "datapackage.json").read_text(encoding="utf-8"))
    return {entry["parameter"]: entry["value"] for entry in descriptor["calibration"]}


def cut(standing: np.ndarray, shares: dict) -> np.ndarray:
    """Answers in the given shares: the lowest standings get the first answer, and so on."""
    parts = np.array(list(shares.values()))
    bounds = np.rint(np.cumsum(parts / parts.sum()) * len(standing)).astype(int)
    rank = np.argsort(np.argsort(standing, kind="stable"), kind="stable")
    return np.array(list(shares), dtype=object)[np.searchsorted(bounds, rank, side="right")]


def cut_like(standing: np.ndarray, given: np.ndarray, shares: dict) -> np.ndarray:
    """Answers for `standing` with the boundaries that cut the standings `given` into the shares."""
    parts = np.array(list(shares.values()))
    bounds = np.quantile(given, np.cumsum(parts / parts.sum())[:-1])
    return np.array(list(shares), dtype=object)[np.searchsorted(bounds, standing, side="right")]


def beta_binomial(top: int, mean: float, sd: float) -> dict:
    """Shares of a total from 0 to `top` with the given mean and standard deviation.

    The beta-binomial is bounded on both sides and skewed away from the nearer bound, as totals of
    quality-of-life scales are. Moments as in Johnson, Kemp and Kotz (2005), Univariate Discrete
    Distributions, section 6.2.2.
    """
    from scipy.stats import betabinom

    p = mean / top
    rho = (sd**2 / (top * p * (1 - p)) - 1) / (top - 1)
    a, b = p * (1 / rho - 1), (1 - p) * (1 / rho - 1)
    return {str(total): float(betabinom.pmf(total, top, a, b)) for total in range(top + 1)}


def leave_blank(answers, share: float, rng: np.random.Generator) -> np.ndarray:
    """The same answers, each left blank with a chance of `share`."""
    answers = np.array(answers, dtype=object)
    answers[rng.random(len(answers)) < share] = ""
    return answers


def write(folder: Path, name: str, tables: dict[str, pd.DataFrame], planted: dict) -> None:
    """Write each table as csv, and what was planted in them as sealed text, into `folder`."""
    from researchskills.bank import seal

    for table, frame in tables.items():
        frame.to_csv(folder / f"{table}.csv", index=False, lineterminator="\n", encoding="utf-8")
    (folder / "planted.sealed").write_text(seal(name, planted) + "\n", encoding="utf-8")
