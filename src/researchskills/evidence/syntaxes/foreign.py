"""Another database's language, noticed by its signs.

People who use four databases paste a line from one into another. Much of it would be searched as words, and the
set would be empty or odd. So before a line is read, signs that only another language has are looked for; text in
quotes is left alone.
"""

import re

from researchskills.evidence.search_error import SearchError
from researchskills.evidence.syntaxes import NAMES
from researchskills.evidence.syntaxes.faults import blanked

#: How each language says one thing, to show it to somebody who typed another's.
_SAID = {
    "field": {"ovid": "carer*.ti,ab.", "pubmed": "carer*[tiab]", "ebsco": "TI carer* OR AB carer*",
              "wos": "TI=carer* OR AB=carer*"},
    "heading": {"ovid": "exp Carers/", "pubmed": '"Carers"[Mesh]', "ebsco": 'MH "Carers+"', "wos": "TS=(carer*)"},
    "near": {"ovid": "home adj3 care", "pubmed": '"home care"[tiab:~2]', "ebsco": "home N2 care",
             "wos": "TS=(home NEAR/2 care)"},
    "lines": {"ovid": "1 or 2", "pubmed": "#1 OR #2", "ebsco": "S1 OR S2", "wos": "#1 OR #2"},
    "limit": {"ovid": 'limit 4 to yr="2010-2020"', "pubmed": "#4 AND 2010:2020[dp]",
              "ebsco": "S4 AND PY 2010-2020", "wos": "#4 AND PY=2010-2020"},
}
_BEFORE = r'(?<=[\s)"])'
_AFTER = r'(?=[\s("])'
_OP = r"(?i:and|or|not)"
#: A sign, the languages it belongs to, and what it says.
_SIGNS = [(re.compile(pattern), owners, said) for pattern, owners, said in (
    (r'(?<=[\w*$?#)"])\s*\.(?i:ti|ab|mp|tw|kw|kf|hw|sh|au|jn|jw|af)(?:,\s*[A-Za-z]{2})*\.(?!\w)', ("ovid",), "field"),
    (r'(?<!\w)\*?(?i:exp)\s+\*?[^/()\[\]"=]+/', ("ovid",), "heading"),
    (rf"(?:^|(?<=[\s(]))\*?[A-Z][A-Za-z ,'-]*[a-z]/(?=\s*(?:$|\)|{_OP}\b))", ("ovid",), "heading"),
    (r'"\s*"\s*/', ("ovid",), "heading"),
    (rf"{_BEFORE}(?i:adj)\d*{_AFTER}", ("ovid",), "near"),
    (r"^\s*(?i:limit)\s+\d+\s+(?i:to)\b", ("ovid",), "limit"),
    (r"(?:^|(?<=[\s(]))(?i:or|and)/\d[\d,-]*", ("ovid",), "lines"),
    (rf"^\s*\(*\d{{1,3}}(?:\s+{_OP}\s+\(*\d{{1,3}}\)*)+\s*$", ("ovid",), "lines"),
    (r"\[\s*(?i:ti|ab|tiab|title|abstract|title/abstract|tw|text word|mh|mesh|mesh terms|majr|au|author|ta|journal|"
     r"dp|la|pt|all|all fields)(?::[^\]]*)?\s*\]", ("pubmed",), "field"),
    (r"(?<!\w)(?i:TS|TI|AB|AU|SO|PY|LA|DT|AK|ALL)\s*=", ("wos",), "field"),
    (rf"{_BEFORE}(?:NEAR(?:/\d+)?|(?i:near)/\d+){_AFTER}", ("wos",), "near"),
    (r'(?<!\w)M[HM]\s*["(]', ("ebsco",), "heading"),
    (r'(?:^|(?<=[(])|(?<=AND )|(?<=OR )|(?<=NOT ))\s*(?:TI|AB|TX|SU|MH|MM|MW)\s+(?=["(\w])', ("ebsco",), "field"),
    (r'(?<=[\w*?#)"])\s+[NW]\d{1,2}\s+(?=[\w("])', ("ebsco",), "near"),
    (rf"^\s*\(*[sS]\d{{1,3}}\)*(?:\s+{_OP}\s+\(*[sS]\d{{1,3}}\)*)*\s*$", ("ebsco",), "lines"),
    (r"(?:^|(?<=[\s(]))#\d{1,3}(?!\w)", ("pubmed", "wos"), "lines"),
)]


def check(text: str, syntax: str) -> None:
    """Refuse a line that is written in another language.

    Parameters
    ----------
    text : str
        The line.
    syntax : str
        The language it should be in.

    Raises
    ------
    SearchError
        At the first sign of another language.
    """
    outside = blanked(text)
    found = [(sign.start(), sign, owners, said) for pattern, owners, said in _SIGNS if syntax not in owners
             if (sign := pattern.search(outside))]
    if not found:
        return
    _, sign, owners, said = min(found, key=lambda one: one[0])
    start = sign.start() + len(sign[0]) - len(sign[0].lstrip())
    end = sign.end() - len(sign[0]) + len(sign[0].rstrip())
    owner, here = " or ".join(NAMES[one] for one in owners), NAMES[syntax]
    raise SearchError(f"This looks like {owner}; you are in {here}. In {here} people type, for example: "
                      f"{_SAID[said][syntax]}", text, start, end)
