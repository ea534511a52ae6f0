"""Finding evidence: a library to search, four search languages, and what becomes of the records found.

- `query`: what a search line asks for, as a tree; `search_error`: a line that cannot be read
- `syntaxes/`: Ovid, PubMed, EBSCOhost and Web of Science, read into such trees
- `thesaurus`, `index`: subject headings; which records a tree finds
- `history`: numbered lines that can be combined, edited and deleted
- `measures`: recall, precision, and the word that would have caught a missed record
- `strategy`, `peer_review`: from a question to lines, and the six checks of a strategy
- `references`, `search_log`: files of databases and reference managers; the log as a Word document
- `duplicates`, `screening`, `flow`: from records to a set, with a diagram whose boxes add up
- `europe_pmc`: the live search, only when somebody asks for it
- `activities`: what the lessons call
"""
