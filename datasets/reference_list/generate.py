"""Seals what is wrong with the references in reference_list.csv: the key of "mend five references".

How it works. The table is compiled by hand, as the list was printed; nothing in it is invented and nothing was
planted. `SLIPS` below says what is wrong with it, one entry a slip, and how sure we are. A slip that is not in the
table stops the script, so the key cannot drift from the list.

Run `python generate.py` to write planted.sealed beside this file, `python generate.py FOLDER` to write elsewhere.
"""

import csv
import sys
from pathlib import Path

HERE = Path(__file__).parent

#: How sure we are that a slip is one, strongest first.
SURE = {
    "seen": "can be seen in the list itself",
    "verified": "a copy of the page named as source was read for this course in November 2026",
    "course notes": "in the course's notes, as of June 2026; not looked up again",
    "general knowledge": "widely known, not looked up for this course: check the publisher's page",
    "uncertain": "may be right as printed: check before relying on it",
}
LIST = "the printed list and its footnotes"
BRITISH_LIBRARY = "British Library, Welfare reform on the web, January 2007; the course's notes on facts, section 9"
NEWMAN = "first page of the article, doi 10.1017/S0047279403007499; research.birmingham.ac.uk"
BELSKY = "pmc.ncbi.nlm.nih.gov, PMC1482335"
LEATHARD = "imprint page of the book"
DEAD = "the course's map of requirements, note on the reference list of source 4"
KNOWN = "general knowledge"


def slip(item: str, field: str, printed: str, should_be: str, why: str, sure: str, source: str) -> dict:
    return {"item": item, "field": field, "printed": printed, "should_be": should_be, "why": why, "sure": sure,
            "source": source}


def edited(item: str, should_be: str, sure: str = "general knowledge", source: str = KNOWN) -> dict:
    return slip(item, "authors", "", should_be, "The book is edited, so these are editors and chapters have authors of "
                "their own; a claim taken from it belongs to a chapter.", sure, source)


#: `field` is empty when the slip lies between references or in a footnote, `printed` when something is missing.
SLIPS = [
    slip("R23", "title", "Untied we stand?", "United we stand?", "Two letters changed places and turned the meaning "
         "round; nobody who searches for the real title finds this one.", "verified", BRITISH_LIBRARY),
    slip("R23", "issue", "", "7", "Other articles in the list have an issue.", "general knowledge", KNOWN),
    slip("R27", "container", "Journal of Social Policy and Society", "Journal of Social Policy",
         "The names of two journals were melted into one; the other is Social Policy and Society.", "verified",
         NEWMAN),
    slip("R27", "issue", "", "2", "Other articles in the list have an issue.", "verified", NEWMAN),
    slip("R27", "authors", "Newman, J et al", "Newman, J, Barnes, M, Sullivan, H and Knops, A",
         "Three authors are named in full elsewhere; “et al” belongs into the text, not into the list.", "verified",
         NEWMAN),
    slip("R04", "authors", "Belsky, J et al", "Belsky, J, Melhuish, E, Barnes, J, Leyland, A H and Romaniuk, H",
         "“et al” belongs into the text, not into the list.", "verified", BELSKY),
    slip("R04", "issue", "", "7556", "Other articles in the list have an issue.", "verified", BELSKY),
    slip("R09", "issue", "", "4", "Other articles in the list have an issue.", "general knowledge", KNOWN),
    slip("R01", "title", "multi- agency", "multi-agency", "A space was left in a word that was divided at the end of a "
         "line; a phrase search does not find it.", "seen", LIST),
    slip("R01", "title", "setting in the UK", "settings in the UK", "A letter of the title is missing.",
         "general knowledge", KNOWN),
    slip("R01", "", "Uk", "UK", "Footnote 4 writes the title in another way than the list.", "seen", LIST),
    slip("R31", "title", "The Age of Inquiry", "The Age of the Inquiry", "A word of the title is missing.",
         "verified", "perlego.com, page of the book"),
    slip("R10", "title", "successful partnership", "successful partnerships", "The last letter is missing.", "verified",
         "paperexplained.cn, record with abstract"),
    slip("R26", "title", "Programmes Early findings", "Programmes: Early findings",
         "The colon before the subtitle is missing.", "seen", LIST),
    slip("R03", "title", "renewal; theoretical", "renewal: theoretical", "All other subtitles follow a colon.",
         "verified", "Open Research Online, doi 10.1093/sp/jxh034"),
    slip("R03", "title", "new Labour", "New Labour", "Written with a capital in R09 and R16.", "seen", LIST),
    slip("R08", "publisher", "Social Care institute for Excellence", "Social Care Institute for Excellence",
         "A name is written with a small letter in the middle.", "seen", LIST),
    slip("R08", "container", "", "Position paper 3", "The series is missing; the end of the address hints at it.",
         "general knowledge", KNOWN),
    slip("R07", "publisher", "Durham Centre for Applied Social Research", "Durham: Centre for Applied Social Research",
         "Place and publisher run into one.", "uncertain", LIST),
    slip("R07", "container", "", "report SSU/2005/FR/015", "The number of the report stands only in the address; with "
         "it the report can be found again.", "uncertain", LIST),
    slip("R26", "publisher", "", "National Evaluation of Sure Start, Birkbeck, University of London",
         "Place and publisher of the report are missing.", "general knowledge", KNOWN),
    slip("R17", "place", "", "the event, its place and its day", "Of a talk one needs to know where and when it was "
         "given; only the address hints at a convention in 1997.", "seen", LIST),
    slip("R11", "container", "SureStart Website", "Sure Start website", "The title beside it has two words.", "seen",
         LIST),
    slip("R11", "authors", "DCSF", "Department for Children, Schools and Families", "Initials of a body that is gone.",
         "general knowledge", KNOWN),
    slip("R11", "", "", "before R10", "The list follows the alphabet, and DCSF stands behind Dowling.", "seen", LIST),
    slip("R07", "url", "http://www.dcsf.gov.uk", "a copy in a web archive or a library, with its address",
         "The address no longer leads anywhere.", "course notes", DEAD),
    slip("R11", "url", "http://www.surestart.gov.uk", "a copy in a web archive, with its address",
         "The address no longer leads anywhere.", "course notes", DEAD),
    slip("R26", "url", "http://www.ness.bbk.ac.uk", "a copy in a web archive or a library, with its address",
         "The address no longer leads anywhere.", "course notes", DEAD),
    *(slip(item, "accessed", "", "the day on which it was read", "Only R11 says when it was read.", "seen", LIST)
      for item in ("R07", "R08", "R17", "R26")),
    slip("R16", "authors", "Powell, M A", "one form of the name", "R10 has “Powell, M”; it seems to be one person.",
         "uncertain", LIST),
    *(slip(item, "authors", printed, printed.replace(", and", " and"), "Elsewhere there is no comma before “and”.",
           "seen", LIST) for item, printed in (("R05", "Tucker, C, and"), ("R10", "Powell, M, and"))),
    *(slip(item, "footnote", "", "a footnote, or no place in the list", "No footnote names it: it may have been read, "
           "but nothing in the text rests on it.", "seen", LIST) for item in ("R05", "R06")),
    *(slip(item, "", "", "a line of its own", "It is printed in one line with the reference before it and is easily "
           "overlooked.", "seen", LIST) for item in ("R02", "R04")),
    slip("R28", "", "Somerset .", "Somerset.", "A space stands before the full stop.", "seen", LIST),
    slip("R01", "", "pp.19-50", "pp. 19-50", "Elsewhere a space follows “pp.”.", "seen", LIST),
    *(slip(item, "place", "New York", "London, or what the title page says", "R20 gives London for the same publisher.",
           "uncertain", LIST) for item in ("R25", "R31")),
    slip("R21", "place", "New York", "Hove and New York", "The first of two places is missing.", "verified", LEATHARD),
    slip("R21", "publisher", "Routledge", "Brunner-Routledge", "The imprint is given in short.", "verified", LEATHARD),
    edited("R02", "Balloch, S and Taylor, M (eds)"),
    edited("R06", "Carnwell, R and Buchanan, J (eds)"),
    edited("R16", "Glendinning, C, Powell, M A and Rummery, K (eds)"),
    edited("R20", "Leathard, A (ed)"),
    edited("R21", "Leathard, A (ed)", "verified", LEATHARD),
    edited("R31", "Stanley, N and Manthorpe, J (eds)"),
]


def check(rows: dict[str, dict], slips: list[dict]) -> None:
    """Stop when a slip is not in the table."""
    for one in slips:
        cell = rows[one["item"]][one["field"]] if one["field"] else None
        if one["sure"] not in SURE:
            raise SystemExit(f"{one['item']}: “{one['sure']}” is no degree of certainty.")
        if cell is not None and one["printed"] not in cell:
            raise SystemExit(f"{one['item']}: “{one['printed']}” is not in {one['field']}.")
        if cell and not one["printed"] and one["field"] != "authors":
            raise SystemExit(f"{one['item']}: {one['field']} is not missing.")


def main(folder: Path) -> None:
    from researchskills.bank import seal

    with (HERE / "reference_list.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["item"]: row for row in csv.DictReader(file)}
    slips = sorted(SLIPS, key=lambda one: (one["item"], list(SURE).index(one["sure"])))
    check(rows, slips)
    key = {"slips": slips, "sure": SURE}
    (folder / "planted.sealed").write_text(seal("reference_list", key) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
