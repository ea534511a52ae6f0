"""What search-query's linter has to say of a line, as notes.

The library search-query looks for habits that make a search weaker: a word that another one includes already, forms
that one truncation would catch, filters inside a part. Its findings are kept and its sentences are not: they are
written for programmers, with colour codes, and it prints them. Where it cannot read a line, it has no say. Its
remarks on filters of years and journals are left out: it takes PubMed's own range of dates for one.
"""

import contextlib
import io

_PLATFORMS = {"pubmed": "pubmed", "ebsco": "ebscohost", "wos": "wos"}
#: It takes seconds for lines of several thousand characters.
_LONGEST = 2_000
_SAID = {
    "redundant-term": "One of these is included in another already, so it changes little or nothing",
    "potential-wildcard-use": "Several forms of one word are joined by OR: truncation may catch them, and others you "
                              "did not think of",
    "unnecessary-parentheses": "Some brackets change nothing; fewer are easier to check",
}


def remarks(text: str, syntax: str) -> list[str]:
    """Sentences on a line.

    Parameters
    ----------
    text : str
        A line that can be read.
    syntax : str
        Key of `syntaxes.NAMES`; search-query has none for Ovid.
    """
    if syntax not in _PLATFORMS or len(text) > _LONGEST:
        return []
    from search_query.registry import LATEST_VERSIONS_PARSERS, PARSERS

    platform = _PLATFORMS[syntax]
    parser = PARSERS[platform][LATEST_VERSIONS_PARSERS[platform]](text)
    # It prints what it finds, and stops with many kinds of error at lines that the databases take.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        parser.parse()
    found = []
    for message in parser.linter.messages:
        pieces = _pieces(text, message["position"])
        if message["label"] == "potential-wildcard-use" and (len(pieces) < 2 or any("*" in one for one in pieces)):
            # The same word in two fields, or truncated already.
            continue
        if message["label"] in _SAID:
            shown = f": {', '.join(f'“{one}”' for one in pieces)}" if pieces else ""
            found.append(f"{_SAID[message['label']]}{shown}.")
    return found


def _pieces(text: str, positions) -> list[str]:
    """The pieces of a line that a finding is about, each once; long ones and tags are not worth repeating."""
    pieces = dict.fromkeys(" ".join(text[start:end].split()) for start, end in positions or [] if 0 <= start < end)
    return [one for one in pieces if one and one[0] != "[" and len(one) <= 60]
