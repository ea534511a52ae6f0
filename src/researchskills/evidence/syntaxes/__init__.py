"""Four search languages, each read into the tree of `evidence.query`.

`read` turns a typed line into a tree or says what is wrong and at which character; `notes` says what a database
would do with the line that its author may not expect. Where the languages differ, `differences` has the table.

How a line is read: `copied` looks for what came along from a printed strategy (numbers of lines and of records),
`faults` at the bare text (empty, invisible signs, quotes, brackets), `foreign` notices another database's language.
Then the language's own module cuts the text into tokens (`tokens`), whose order is checked before a small grammar
(`reader`, `ovid`, `pubmed`, `ebsco`, `wos`) makes the tree of them. `patterns` reads words with their wildcards,
`values` years, languages and kinds of publication.

Why search-query does not make the trees
----------------------------------------
The library search-query knows PubMed, EBSCOhost and Web of Science, and its linter looks for things that a person
should hear of; `lint` passes those on as notes. Its parsers (0.15.0) cannot be relied on for exact sets:

- `(home OR house) N3 care` in EBSCOhost loses `N3 care` with no more than a printed warning;
- `TI home N3 care` keeps the title field for `home` alone, so that the two words may stand in different fields;
- `TS=((home OR house) NEAR/3 care)`, `TS=home NEAR care` and a NEAR inside a NEAR in Web of Science, and
  `a W3 b N2 c` in EBSCOhost raise ValueError without a place;
- `MM "Carers"`, `PY 2010-2020` (EBSCOhost) and `PY=2010-2020` alone (Web of Science) are refused although the
  databases take them; `SAME` becomes a word of the term; `home N care` becomes one term;
- lower-case `and` in PubMed becomes an operator, which PubMed says it is not; an empty line raises IndexError.

So each language has its own grammar here, made with lark like Ovid's, which search-query does not know at all.
"""

from researchskills.errors import CourseError
from researchskills.evidence.query import Node
from researchskills.evidence.search_error import SearchError

#: The languages, as keys and as people call them.
NAMES = {"ovid": "Ovid", "pubmed": "PubMed", "ebsco": "EBSCOhost", "wos": "Web of Science"}


def read(text: str, syntax: str, thesaurus, last_line: int = 0) -> Node:
    """Read a search line.

    Parameters
    ----------
    text : str
        The line as typed.
    syntax : str
        Key of `NAMES`.
    thesaurus : thesaurus.Thesaurus
        For the names of subject headings.
    last_line : int
        How many lines come before this one; only these may be named by their numbers.

    Returns
    -------
    query.Node
        What the line asks for.

    Raises
    ------
    SearchError
        If it cannot be read; with the place.
    CourseError
        If there is no such language.
    """
    return _reader(syntax)(text, thesaurus, last_line).read()


def notes(text: str, syntax: str) -> list[str]:
    """Remarks on a line that are no faults: how it was read where people may expect something else.

    Parameters
    ----------
    text : str
        The line as typed.
    syntax : str
        Key of `NAMES`.

    Returns
    -------
    list of str
        Sentences; none for a line that cannot be read.
    """
    from researchskills.evidence.syntaxes import lint

    reader = _reader(syntax)(text, None, exact=False)
    try:
        reader.read()
    except SearchError:
        return []
    return list(dict.fromkeys([*reader.notes, *lint.remarks(text, syntax)]))


def _reader(syntax: str):
    # lark is imported with the first language that is used, not when a page opens.
    if syntax == "ovid":
        from researchskills.evidence.syntaxes.ovid import Ovid

        return Ovid
    if syntax == "pubmed":
        from researchskills.evidence.syntaxes.pubmed import PubMed

        return PubMed
    if syntax == "ebsco":
        from researchskills.evidence.syntaxes.ebsco import Ebsco

        return Ebsco
    if syntax == "wos":
        from researchskills.evidence.syntaxes.wos import WebOfScience

        return WebOfScience
    raise CourseError(f"There is no search language “{syntax}” here. There are: {', '.join(NAMES.values())}.")
