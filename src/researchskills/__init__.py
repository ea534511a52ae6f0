"""Research at the Interface: the names that the course's notebooks use.

They are imported when first used, so that a page opens fast: a lesson that asks a question does not
wait for pandas. In a notebook, using one of them also makes errors speak plain words.
"""

from importlib import import_module

_NAMES = {
    "ask": ("question", "check"),
    "appraisal.activities": (
        "appraise", "two_readers", "readers_together", "appraisals_together", "trace_claims", "read_result", "argue",
    ),
    "datasets": ("load", "codebook", "describe"),
    "signposting": ("signposts",),
    "charts": ("figure", "bars", "dots", "intervals", "lines", "histogram", "funnel", "control_chart", "forest"),
    "data.activities": ("check_data", "clean", "match_up"),
    "data.disclosure": (
        "suppress", "recoverable", "difference_tables", "round_counts", "safe_percentages", "unique_combinations",
    ),
    "data.protect_activity": ("protect",),
    "evidence.activities": ("search", "search_box", "search_strategy"),
    "evidence.set_activities": ("deduplicate", "screen", "flow_diagram"),
    "evidence.live_activity": ("live_search",),
    "evidence.syntaxes.differences": ("languages",),
    "plan.plan_activity": ("research_plan",),
    "questions.activities": (
        "problem_tree", "frame_question", "define", "is_it_researchable", "kind_of_project", "other_side",
        "multi_agency",
    ),
    "questions.rule_quality": ("rules_measured",),
    "statistics": (
        "rate", "proportion", "median_iqr", "mean", "compare_proportions", "compare_means", "compare_groups",
        "paired_change", "effective_sample_size", "how_many", "what_can", "run_chart_signals", "xmr",
        "before_and_after", "funnel_limits", "spread_by_chance", "expected_counts", "expected_change",
        "reporting_sentence", "review", "simulate", "plan_sample", "say_it", "pool_studies",
    ),
}
_HOME = {name: home for home, names in _NAMES.items() for name in names}
__all__ = list(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module("researchskills.plain_errors").install()
    return getattr(import_module(f"researchskills.{_HOME[name]}"), name)
