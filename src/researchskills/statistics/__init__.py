"""Small-scale statistics: each number with its denominator, its interval and its limits.

| you want | look in |
|---|---|
| a rate, a proportion, a mean | `estimates` |
| a median wait, with people still waiting | `waits` |
| two percentages | `two_proportions` |
| two means, or before and after | `two_means` |
| two groups by rank; effect sizes | `ranks`, `effect_sizes` |
| intervals and p values without a formula | `resampling` |
| people in teams, visits by one nurse | `clustering` |
| how many do I need, what can twenty tell me | `planning` |
| do two people code alike | `agreement` |
| months on a chart | `over_time`, `before_after` |
| many teams at once | `funnel`, `standardise` |
| several studies put together | `meta_analysis` |
| why extreme values come back | `regression_to_mean` |
| an honest sentence | `sentences` |
| to try these in a notebook | `activities` |

What they return is described in `estimate`, `comparison` and `result`; formulas of intervals are in `limits`.
Names are imported when first used: scipy takes its time.
"""

from importlib import import_module

_HOME = {
    "Estimate": "estimate",
    "Estimates": "estimate",
    "rate": "estimates",
    "proportion": "estimates",
    "median_iqr": "waits",
    "mean": "estimates",
    "compare_proportions": "two_proportions",
    "fisher": "two_proportions",
    "boschloo": "two_proportions",
    "compare_means": "two_means",
    "paired_change": "two_means",
    "compare_groups": "ranks",
    "effect_size": "effect_sizes",
    "cliffs_delta": "effect_sizes",
    "bca": "resampling",
    "permutation": "resampling",
    "sign_flip": "resampling",
    "icc": "clustering",
    "design_effect": "clustering",
    "effective_sample_size": "clustering",
    "finite_population_correction": "clustering",
    "how_many": "planning",
    "how_many_to_compare": "planning",
    "what_can": "planning",
    "kappa": "agreement",
    "fleiss_kappa": "agreement",
    "run_chart_signals": "over_time",
    "xmr": "over_time",
    "before_and_after": "before_after",
    "funnel_limits": "funnel",
    "funnel_ratios": "funnel",
    "spread_by_chance": "funnel",
    "observed_to_expected": "standardise",
    "expected_counts": "standardise",
    "standardised_rate": "standardise",
    "expected_change": "regression_to_mean",
    "measured_twice": "regression_to_mean",
    "pool_studies": "meta_analysis",
    "reporting_sentence": "sentences",
    "review": "sentences",
    "simulate": "activities",
    "plan_sample": "activities",
    "say_it": "activities",
}
__all__ = list(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
