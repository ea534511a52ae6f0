"""What a search line asks for, whichever database's language it was typed in.

Four languages say the same few things: these words beside each other, this subject heading and all
that is narrower, these words near those, both, either, the first but not the second, line 3, only
these years. Each language's reader (`evidence/syntaxes/`) turns what was typed into the nodes below,
and one evaluator (`evidence/index.py`) turns nodes into sets of records. So a difference between two
databases is always a difference between two readers, and can be seen there.

Words and places
----------------
Text is cut into words as SQLite's `unicode61 remove_diacritics 2` does it: a word is a longest run
of letters and digits, in lower case and without accents. Hyphens, apostrophes, full stops and all
other signs separate words: "carer's" is the two words "carer" and "s", "co-ordination" is "co" and
"ordination". Words have places 0, 1, 2 … within one field of one record; nothing ever matches
across two fields, nor from one subject heading of a record to the next.
"""

from dataclasses import dataclass

#: Fields of a record that hold words.
WORD_FIELDS = ("title", "abstract", "headings", "authors", "journal")
#: Fields that hold one value each, for `Attribute`.
VALUE_FIELDS = ("year", "type", "language", "country")


@dataclass(frozen=True)
class Word:
    """One word, or a pattern of one.

    Attributes
    ----------
    pattern : str
        Lower case, without accents. `*` stands for any number of letters or digits (also none), `#` for
        exactly one, `?` for one or none; everything else is itself.
    most : int, optional
        With a pattern that ends in `*`: at most so many letters or digits in its place.
    """

    pattern: str
    most: int | None = None


@dataclass(frozen=True)
class Phrase:
    """Words that follow each other, in this order, within one of the fields.

    Attributes
    ----------
    words : tuple of Word
        One or more.
    fields : tuple of str
        Of `WORD_FIELDS`; a record matches when at least one of them holds the phrase. A phrase in
        `headings` lies within one heading.
    """

    words: tuple[Word, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Near:
    """Two things close to each other within one field.

    A thing occupies a stretch of places. The stretches must not overlap, and between the end of one and
    the beginning of the other lie at most `between` words. Together they make a new stretch, from the
    first place of one to the last of the other, so that a Near can stand inside another.

    Attributes
    ----------
    left, right : Phrase, Near, or Or of these
        What must be close. (In an `Or` any of the alternatives will do.)
    between : int
        Most words in between; 0 means side by side.
    ordered : bool
        Whether `left` has to come first.
    """

    left: "Phrase | Near | Or"
    right: "Phrase | Near | Or"
    between: int
    ordered: bool = False


@dataclass(frozen=True)
class Heading:
    """Records to which an indexer gave a subject heading.

    Attributes
    ----------
    name : str
        The preferred term, as in the thesaurus.
    explode : bool
        Also all headings that are narrower, at any depth.
    focus : bool
        Only where the heading is a main point of the record (marked with `*` in `headings`).
    """

    name: str
    explode: bool = False
    focus: bool = False


@dataclass(frozen=True)
class Attribute:
    """Records with one of some values, or (year) with a value from `values[0]` to `values[1]`, both included.

    Attributes
    ----------
    field : str
        Of `VALUE_FIELDS`.
    values : tuple
        Texts, compared without regard to case; for `year` the first and the last year, None for open.
    """

    field: str
    values: tuple


@dataclass(frozen=True)
class Line:
    """The set of an earlier line of the history, by its number."""

    number: int


@dataclass(frozen=True)
class And:
    """Records in all of the parts."""

    parts: tuple


@dataclass(frozen=True)
class Or:
    """Records in at least one of the parts."""

    parts: tuple


@dataclass(frozen=True)
class Not:
    """Records in `left` that are not in `right`."""

    left: object
    right: object


Node = Phrase | Near | Heading | Attribute | Line | And | Or | Not
