"""Makes the study reports: what is written in material/ becomes tables and a sealed key.

How it works. Each report is one file in `material/`, written by hand: its text, section by section and sentence by
sentence, its results, and what the panel of authors found in it. Sentences are numbered here, from 1 through both
pages, so that nobody has to count; the panel refers to these numbers. Nothing is drawn by chance. A panel that points
to a sentence, a question or a domain that is not there stops the script.

Run `python generate.py` to write the files beside this script, `python generate.py FOLDER` to write elsewhere.
"""

import sys
from pathlib import Path

import pandas as pd
import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import making  # noqa: E402

REPORTS = [
    "discharge-visits", "carers-coaching", "reablement-team", "joint-team", "front-door", "meals-at-home",
    "falls-and-rails", "carers-survey", "going-home", "duty-desk", "link-workers", "short-breaks-review",
]
#: What the sealed key holds of a report, beside its design and form.
PANEL = ["strengths", "threats", "answers", "judgements", "certainty"]
RESULT = ["outcome", "measure", "estimate", "low", "high", "unit", "no_difference", "better", "important", "n", "main",
          "as_written"]


def held(report: str, folder: Path) -> dict:
    """The material of a report, with the sentences numbered."""
    path = folder / f"{report}.yaml"
    if not path.exists():
        raise SystemExit(f"The report “{report}” is missing: write {path.name} in material/ and start again.")
    one = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = [(page["page"], part["section"], text)
            for page in one["pages"] for part in page["sections"] for text in part["sentences"]]
    one["sentences"] = [{"report": report, "sentence": number, "page": page, "section": section, "text": text}
                        for number, (page, section, text) in enumerate(rows, 1)]
    check(one)
    return one


def check(one: dict) -> None:
    """Stop when the panel refers to something that neither the report nor its form has."""
    from researchskills.appraisal import forms
    from researchskills.appraisal.designs import DESIGNS

    def refuse(what: str) -> None:
        raise SystemExit(f"{one['report']}: {what}.")

    if one["form"] != DESIGNS[one["design"]].form:
        refuse(f"the design {one['design']} does not open the form {one['form']}")
    form, panel, last = forms.form(one["form"]), one["panel"], len(one["sentences"])
    for part in [*panel["strengths"], *panel["threats"], *panel["answers"].values()]:
        for number in part["sentences"]:
            if not 1 <= number <= last:
                refuse(f"the panel refers to sentence {number}, and there are {last}")
    for found, known, what in [
        (panel["answers"], [question.key for question in form.questions], "questions"),
        (panel["judgements"], form.domains, "domains"),
    ]:
        if set(found) != set(known):
            refuse(f"the panel's {what} are not those of the form: {', '.join(sorted(set(found) ^ set(known)))}")
    for found, known, what in [
        ([threat["domain"] for threat in panel["threats"]], form.domains, "domain"),
        ([threat["direction"] for threat in panel["threats"]], forms.DIRECTIONS, "direction"),
        ([answer["answer"] for answer in panel["answers"].values()], forms.ANSWERS, "answer"),
        (panel["judgements"].values(), forms.JUDGEMENTS, "judgement"),
    ]:
        for value in found:
            if value not in known:
                refuse(f"“{value}” is no {what} of the form {one['form']}")


def tables(reports: list[dict]) -> dict[str, pd.DataFrame]:
    """The tables of the package; a column `synthetic` says in each row that it was invented."""
    listed = [{key: one[key] for key in ("report", "title", "place", "about")} | {"pages": len(one["pages"])}
              for one in reports]
    results = [{"report": one["report"]} | {key: result[key] for key in RESULT} for one in reports
               for result in one["results"]]
    for result in results:
        result["main"] = "yes" if result["main"] else "no"
    reviewed = [study for one in reports for study in one.get("review_studies", [])]
    rows = {
        "study_reports": listed,
        "sentences": [row for one in reports for row in one["sentences"]],
        "results": results,
        "review_studies": reviewed,
    }
    return {name: pd.DataFrame(found).assign(synthetic="yes") for name, found in rows.items()}


def generate(folder: Path = HERE / "material") -> tuple[dict[str, pd.DataFrame], dict]:
    """The tables, and the key that is sealed."""
    reports = [held(report, folder) for report in REPORTS]
    key = {one["report"]: {"design": one["design"], "form": one["form"]} | {part: one["panel"][part] for part in PANEL}
           for one in reports}
    return tables(reports), {"reports": key}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    making.write(folder, "study_reports", *generate())
