"""What a definition, its rounds and its comparisons look like as HTML: on the screen, in a report, in the plan."""

import pandas as pd

from researchskills import _html
from researchskills.panel_parts import with_heading
from researchskills.questions import definition as rules
from researchskills.questions.definition import IN_SHORT, SECTORS, Choice, Comparison, Sheet
from researchskills.statistics.estimate import in_brief
from researchskills.tables import html_table

TASK = ("<p><strong>Define the disputed word</strong></p><p>Write down what you count as the word, so that a "
        "stranger could count the same. Apply it to twelve invented stories. Then compare with a partner from the "
        "other sector, and with a panel: a nurse, a social worker and a carer, invented too. Talk about the "
        "differences, sharpen, and try again.</p>")
#: After the second look at the panel.
_SECOND_LOOK = ("You knew the panel’s decisions when you began the later round, so it was to be expected that you "
                "agree more. The fair test is another: stories, or records, that neither of you has seen.")


def definition_html(sheet: Sheet, caption: str) -> str:
    """A definition as a table; nothing when it is empty."""
    rows = sheet.definition.rows()
    return html_table(pd.DataFrame(rows, columns=["Line", "What it says"]), caption) if rows else ""


def vignette_html(key: str, term: str) -> str:
    """A vignette as it is read: title, story and facts."""
    one = rules.terms()[term].vignettes[key]
    return (f"<p><strong>{_html.escape(f'{key}. {one.title}')}</strong></p><p>{_html.escape(one.text)}</p>"
            f"{html_table(one.facts_table(), f'Facts of {key}')}")


def difference_html(own: Sheet, key: str, others: list[tuple[str, Choice]]) -> str:
    """A vignette decided differently: the story, what each decided, and why.

    Parameters
    ----------
    own : Sheet
    key : str
        The vignette.
    others : list of (str, Choice)
        Who, and what they decided.
    """
    one = rules.terms()[own.term].vignettes[key]
    rows = [[who, IN_SHORT[said.decision], said.why or "no reason given"]
            for who, said in [("You", own.choices[key]), *others]]
    table = html_table(pd.DataFrame(rows, columns=["Who", "Decision", "Why"]), f"{key}: who decided what, and why")
    return f"<p><strong>{_html.escape(f'{key}. {one.title}')}</strong></p><p>{_html.escape(one.text)}</p>{table}"


def others_on(activity, number: int, term: str, key: str) -> list[tuple[str, Choice]]:
    """What everybody who was compared with a round decided about a vignette.

    The panel stands last, with what each of its three said before they talked.
    """
    found = [(partner_name(one), one.choices[key]) for one in activity.partners(number, term)]
    if activity.rounds[term][number - 1]["panel"]:
        panel = rules.panel(term)
        found += [("Panel, after talking", panel.agreed[key]),
                  *((f"Panel at first: {role}", said) for role, said in panel.said_first(key))]
    return found


def partner_name(partner: Sheet) -> str:
    """A partner with their sector, as far as they gave them."""
    sector = f" ({SECTORS[partner.sector].lower()})" if partner.sector else ""
    later = f", round {partner.round}" if partner.round > 1 else ""
    return " ".join(filter(None, ["Partner", partner.who])) + sector + later


def compared_name(partner: Sheet | None) -> str:
    """With whom a round was compared."""
    return "the panel" if partner is None else partner_name(partner)


def figures_html(who: str, found: Comparison) -> str:
    """Agreement with somebody: differences first, then the share, then kappa with its cautions or why there is none."""
    notes = "".join(f"<li>{_html.escape(one)}</li>" for one in found.notes)
    differ = (f"Differences with {who}: {', '.join(found.differences)}." if found.differences
              else f"No differences with {who}.")
    number = found.agreement._repr_html_() if found.agreement is not None else ""
    return f"<p>{_html.escape(differ)} Alike on {found.share()}.</p>{number}<ul>{notes}</ul>"


def partners_definitions_html(activity, number: int, term: str) -> str:
    """How partners defined the word."""
    return "".join(definition_html(one, f"{partner_name(one)}: definition, round {one.round}")
                   for one in activity.partners(number, term))


def prompts_html(activity, number: int, term: str) -> str:
    """Questions that the differences of a round raise."""
    own = activity.sheets(term)[number - 1]
    asked: list[str] = []
    for partner, found in activity.comparisons(number, term):
        choices = rules.panel(term).agreed if partner is None else partner.choices
        asked += [one for one in rules.prompts(own, choices, found.differences) if one not in asked]
    items = "".join(f"<li>{_html.escape(one)}</li>" for one in asked)
    return f"<p>Questions to you; none of them means that something is wrong:</p><ul>{items}</ul>" if items else ""


def panel_html(activity, term: str) -> str:
    """How far the panel agreed, and from the second look on its definition and a naive one; else nothing."""
    if not any(held["panel"] for held in activity.rounds.get(term, [])):
        return ""
    panel = rules.panel(term)
    told = ("<p>The panel did not agree at once either, and one of the three still disagrees about a story.</p>"
            f"{html_table(panel.agreement(), 'Agreement in the panel')}")
    if not activity.knows_panels_definition(term):
        return f"{told}<p>The panel’s own definition is shown when you have sharpened yours and compared again.</p>"
    naive = rules.compare(panel.naive_choices, panel.agreed)
    return (f"{told}<p>The panel’s definition: {_html.escape(panel.definition)} It is one that can be applied, and no "
            "authority.</p>"
            f"<p>A definition that is often heard: {_html.escape(panel.naive)} It decides like the panel on "
            f"{naive.share()}; {_html.escape(naive.agreement.sentence())}</p><p>{_SECOND_LOOK}</p>")


def rounds_table(activity, term: str) -> pd.DataFrame:
    """One row for each round: the definition, the decisions, and the agreement with everybody it was compared with."""
    rows = []
    for sheet in activity.sheets(term):
        said = [one.decision for one in sheet.choices.values()]
        agreed = [f"{compared_name(partner)}: {found.share()}, {_kappa(found)}"
                  for partner, found in activity.comparisons(sheet.round, term)]
        rows.append([sheet.round, sheet.definition.in_brief() or "none yet",
                     ", ".join(f"{said.count(key)} {key.replace('_', ' ')}" for key in IN_SHORT),
                     "; ".join(agreed) or "not compared yet"])
    return pd.DataFrame(rows, columns=["Round", "I count it when", "Decisions",
                                       "Alike, and kappa with its 95% interval"])


def _kappa(found: Comparison) -> str:
    return "kappa cannot be worked out" if found.agreement is None else f"kappa {in_brief(found.agreement)}"


def rounds_html(activity, term: str) -> str:
    """The rounds of a word, one row each; nothing before there is a round."""
    listed = activity.sheets(term)
    if not listed:
        return ""
    word = rules.terms()[term].word
    told = html_table(rounds_table(activity, term), f"Rounds of “{word}”")
    same = [one.round for one, before in zip(listed[1:], listed, strict=False)
            if one.definition == before.definition and one.choices]
    if same:
        told += (f"<p>In round {same[-1]} the definition is the same as in the round before, so what changed is how "
                 "you read it.</p>")
    return told


def decisions_html(activity, term: str) -> str:
    """All decisions about a word, a column for each round, with the reasons."""
    listed = [one for one in activity.sheets(term) if one.choices]
    if not listed:
        return ""
    rows = []
    for key, vignette in rules.terms()[term].vignettes.items():
        said = [one.choices.get(key) for one in listed]
        rows.append([f"{key}. {vignette.title}",
                     *(f"{IN_SHORT[one.decision]}{': ' + one.why if one.why else ''}" if one else "no decision"
                       for one in said)])
    columns = ["Story", *(f"Round {one.round}" for one in listed)]
    return html_table(pd.DataFrame(rows, columns=columns), "What was decided, and why")


def person_html(activity, term: str) -> str:
    """What the people in the vignettes would call it, in the learner's words."""
    rows = [(f"{key}. {one.title}", activity.person[key]) for key, one in rules.terms()[term].vignettes.items()
            if activity.person.get(key, "").strip()]
    return html_table(pd.DataFrame(rows, columns=["Story", "What the person might call it"]),
                      "In the words of the person in the story, as I imagine them") if rows else ""


def talked_html(activity, term: str) -> str:
    """What came out of talking."""
    words = activity.talked.get(term, "").strip()
    return f"<p>What came out of talking about the differences:</p>{_html.plain(words)}" if words else ""


def comparison_html(activity, term: str) -> str:
    """The newest round that was compared: numbers, partners' definitions, the panel, questions; else nothing."""
    number = activity.newest_compared(term)
    if not number:
        return ""
    figures = "".join(figures_html(compared_name(partner), found)
                      for partner, found in activity.comparisons(number, term))
    return (f"{figures}{partners_definitions_html(activity, number, term)}{panel_html(activity, term)}"
            f"{prompts_html(activity, number, term)}")


def differences_html(activity, term: str) -> list[str]:
    """Each difference of the newest round that was compared."""
    number = activity.newest_compared(term)
    return [difference_html(activity.sheets(term)[number - 1], key, others_on(activity, number, term, key))
            for key in activity.differences(term)]


def answer_html(activity, level: int = 0) -> str:
    """Everything about every word that was begun.

    Parameters
    ----------
    activity : Define
    level : int
        Level of a heading for each word, on a page; a report has none.
    """
    told = [_word_html(activity, term) for term in activity.rounds if term in rules.terms()]
    return "".join(with_heading(one, level) if level else one for one in told)


def _word_html(activity, term: str) -> str:
    own, about = activity.sheets(term)[-1], rules.terms()[term]
    number = activity.newest_compared(term)
    compared = f"<p>Round {number}, compared; differences first.</p>" if number else ""
    return (f"<p><strong>{_html.escape(f'“{about.word}”, round {own.round}')}</strong></p>"
            f"{definition_html(own, f'How I define “{about.word}”')}"
            f"<p>{_html.escape(rules.progress(list(about.vignettes), own.choices))}</p>{compared}"
            f"{''.join(differences_html(activity, term))}{comparison_html(activity, term)}"
            f"{person_html(activity, term)}{talked_html(activity, term)}{rounds_html(activity, term)}"
            f"{decisions_html(activity, term)}")


def contribution_html(activity) -> str:
    """The newest definition of each word, its rounds, and the person's words; the plan's reader knows no task."""
    told = []
    for term in activity.rounds:
        if term in rules.terms() and activity.sheets(term)[-1].definition.is_stated:
            word = rules.terms()[term].word
            compared = any(held["panel"] or held["partners"] for held in activity.rounds[term])
            caution = f"<p>{rules.ON_TWELVE}</p>" if compared else ""
            told.append(f"{definition_html(activity.sheets(term)[-1], f'How I define “{word}”')}"
                        f"{rounds_html(activity, term)}{caution}{person_html(activity, term)}"
                        f"{talked_html(activity, term)}")
    return "".join(told)
