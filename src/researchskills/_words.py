"""Small pieces of sentences, said the same way everywhere."""


def number_of(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    Examples
    --------
    >>> number_of(1, "row"), number_of(1200, "row"), number_of(2, "match", "matches")
    ('1 row', '1,200 rows', '2 matches')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
