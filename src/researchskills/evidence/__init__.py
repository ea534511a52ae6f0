"""Finding evidence: a library to search, four search languages, and what becomes of the records found.

Searching
- `query`: what a search asks for, as a tree; `search_error`: a line that cannot be read; `terms`: its words
- `syntaxes/`: Ovid, PubMed, EBSCOhost and Web of Science, read into such trees
- `thesaurus`, `index`: subject headings; which records a tree finds
- `history`, `lines`: numbered lines that can be combined, edited and deleted; how they are saved
- `search_result`: what one line finds, for a lesson; `search_activity`: the box to type lines into
- `measures`: recall, precision, and the word that would have caught a missed record
- `search_question`: the kind of question that a search answers

From a question to a strategy
- `strategy`: blocks, where further words come from, lines written from blocks
- `peer_review`, `peer_review_rules`, `search_reading`, `spellings`: the six checks
- `strategy_activity`, `strategy_steps`, `strategy_report`: all of it on the screen and on paper
- `references`, `search_log`: files of databases and reference managers; the log
- `europe_pmc`, `live_activity`: the live search, only when somebody asks for it

From records to a set
- `duplicates`, with `duplicate_candidates` and `record_likeness`: records of one and the same publication
- `screening`, `screen_question`: who decides what to keep, and whether two people agree
- `flow`, `flow_picture`: a diagram whose boxes add up
- `library_sets`: exports to practise on

What lessons call stands in `activities` and `set_activities`.
"""
