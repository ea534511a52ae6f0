"""Likely duplicates: records of one and the same publication, exported twice.

Whoever searches two databases finds many publications twice, and seldom word for word: one database shortens
the journal, drops the DOI or counts the year of the print edition. bib-dedupe (G. Wagner) lines up the records
that may belong together and judges each pair. Its judgement is not the last word here, because the two ways of
being wrong do not weigh the same. A duplicate that stays costs a minute of reading. Two publications taken for
one cost a piece of evidence, and nobody notices. So each pair is also laid side by side field by field, and gets
one of three answers:

- *surely the same*: bib-dedupe says so and no field speaks against it; merged, unless a person objects;
- *doubtful*: something speaks for it and something against it; a person decides, and until then both stay;
- *different*: looked at, and left alone.

Merging loses nothing. The fullest record is kept, its gaps are filled from the others, and the result names
every record that was put aside, where it was found and into which one it went.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import pandas as pd

from researchskills._words import number_of
from researchskills.charts.look import listed
from researchskills.errors import CourseError
from researchskills.evidence import duplicate_candidates, record_likeness
from researchskills.evidence.record_likeness import FIELDS, Comparable, is_blank, text_of

SURE, DOUBTFUL, DIFFERENT = "surely the same", "doubtful", "different"
#: What a person can decide about a pair.
SAME, APART = "same", "different"
#: A chain of more records than this is not taken for one publication without a person.
_LONGEST_CHAIN = 5


@dataclass(frozen=True)
class Pair:
    """Two records that may be the same publication.

    Attributes
    ----------
    first, second : str
        Their ids, in the order of the table.
    answer : str
        `SURE`, `DOUBTFUL` or `DIFFERENT`.
    agrees, differs : tuple of str
        Fields that agree and that differ, in plain words.
    against : tuple of str
        What speaks against one publication, in plain words.
    """

    first: str
    second: str
    answer: str
    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    against: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What a decision about the pair is saved under."""
        return pair_key(self.first, self.second)

    @property
    def ids(self) -> frozenset[str]:
        """The two records, in no order."""
        return frozenset((self.first, self.second))

    def sentence(self) -> str:
        """What agrees, what differs, and what speaks against merging."""
        parts = [f"They agree in {listed(self.agrees)}." if self.agrees else "They agree in nothing that is filled."]
        if self.differs:
            parts.append(f"They differ in {listed(self.differs)}.")
        if self.against:
            parts.append(f"Against one publication: {'; '.join(self.against)}.")
        return " ".join(parts)


def pair_key(first: str, second: str) -> str:
    """One name for two records, in whichever order they are given."""
    return "+".join(sorted((first, second)))


@dataclass(frozen=True, eq=False)
class Merged:
    """What is left once duplicates are merged, and what was put aside.

    Attributes
    ----------
    kept : pandas.DataFrame
        One row for each publication, in the order of the records, with the columns `also_found` (the other
        records of it and where they come from) and `filled` (fields taken over from them).
    put_aside : pandas.DataFrame
        One row for each record that was merged into another: `record`, `merged_into`, `database`, `because`.
    groups : tuple of tuple of str
        Ids of the records of each publication that was found more than once; the kept one comes first.
    undecided : int
        Doubtful pairs that nobody has decided; both records of each are kept.
    conflicts : tuple of str
        Decisions that contradict each other, a sentence each; nothing of theirs was merged.
    """

    kept: pd.DataFrame
    put_aside: pd.DataFrame
    groups: tuple[tuple[str, ...], ...]
    undecided: int
    conflicts: tuple[str, ...]
    by_database: dict[str, int] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """The numbers that a flow diagram needs: `found`, `duplicates` and `screened`."""
        return {"found": len(self.kept) + len(self.put_aside), "duplicates": len(self.put_aside),
                "screened": len(self.kept)}

    def sentence(self) -> str:
        """How many records were found, put aside and kept."""
        count = self.counts()
        told = (f"{number_of(count['found'], 'record')} found, {number_of(count['duplicates'], 'duplicate')} put "
                f"aside, {number_of(count['screened'], 'record')} to screen.")
        if self.undecided:
            told += (f" {number_of(self.undecided, 'doubtful pair is', 'doubtful pairs are')} not decided yet, and "
                     "until then all their records are kept.")
        return " ".join([told, *self.conflicts])


@dataclass(frozen=True, eq=False)
class Duplicates:
    """The pairs that were looked at.

    Attributes
    ----------
    records : pandas.DataFrame
        As they were given.
    pairs : tuple of Pair
        Doubtful ones first, then the sure ones, then those that are different.
    notice : str
        A sentence when bib-dedupe stopped and only DOIs and titles could be compared, else empty.
    """

    records: pd.DataFrame
    pairs: tuple[Pair, ...]
    notice: str = ""

    def having(self, answer: str) -> list[Pair]:
        """The pairs with one of the three answers."""
        return [pair for pair in self.pairs if pair.answer == answer]

    def table(self) -> pd.DataFrame:
        """The pairs as a tidy table."""
        return pd.DataFrame(
            [{"first": pair.first, "second": pair.second, "answer": pair.answer, "agree": "; ".join(pair.agrees),
              "differ": "; ".join(pair.differs), "against": "; ".join(pair.against)} for pair in self.pairs],
            columns=["first", "second", "answer", "agree", "differ", "against"])

    def record(self, identifier: str) -> pd.Series:
        """One of the records."""
        return self._by_id.loc[identifier]

    @cached_property
    def _by_id(self) -> pd.DataFrame:
        return self.records.set_index("record", drop=False)

    def merge(self, decisions: Mapping[str, str] | None = None) -> Merged:
        """Merge what is surely the same and what a person took for the same.

        Parameters
        ----------
        decisions : mapping, optional
            `pair_key` → `SAME` or `APART`, as a person decided; stronger than the answer of the program. Two
            records that the program did not line up may stand in it, too.

        Raises
        ------
        CourseError
            If a decision names a record that is not in the table, or is neither of the two.
        """
        decided = self._decided(decisions)
        groups, broken = self._groups(decided)
        conflicts = []
        for group in broken:
            apart = next(pair for pair in combinations(sorted(group), 2) if decided.get(frozenset(pair)) == APART)
            conflicts.append(
                f"{apart[0]} and {apart[1]} were called different, yet both the same as "
                f"{listed(sorted(group - set(apart)))}: these {len(group)} records were left as they are. Look at "
                "them once more.")
        return self._merged(groups, len(self.open_pairs(decisions)), tuple(conflicts), decided)

    def open_pairs(self, decisions: Mapping[str, str] | None = None) -> list[Pair]:
        """The doubtful pairs that still wait for a person.

        A decision about two records holds for their duplicates, too: who has said that A and C are two
        publications is not asked about B and C when B is the same as A.
        """
        decided = self._decided(decisions)
        group_of = {one: frozenset(group) for group in self._groups(decided)[0] for one in group}

        def question(pair: Iterable[str]) -> frozenset:
            return frozenset(group_of.get(one, frozenset((one,))) for one in pair)

        asked = {question(pair) for pair in decided}
        waiting = []
        for pair in self.having(DOUBTFUL):
            if len(question(pair.ids)) == 2 and question(pair.ids) not in asked:
                asked.add(question(pair.ids))
                waiting.append(pair)
        return waiting

    def _decided(self, decisions: Mapping[str, str] | None) -> dict[frozenset[str], str]:
        return {_known_pair(key, self._by_id.index): _known_decision(key, what)
                for key, what in (decisions or {}).items()}

    def _groups(self, decided: dict) -> tuple[list[set[str]], list[set[str]]]:
        """Records to merge, and those where decisions contradict each other."""
        links = {pair.ids for pair in self.having(SURE) if decided.get(pair.ids) != APART}
        links |= {pair for pair, what in decided.items() if what == SAME}
        sound, broken = [], []
        for group in _connected(links):
            apart = any(decided.get(frozenset(pair)) == APART for pair in combinations(group, 2))
            (broken if apart else sound).append(group)
        return sound, broken

    def _merged(self, groups: list[set[str]], undecided: int, conflicts: tuple[str, ...], decided: dict) -> Merged:
        held = self.records.copy()
        rows = {identifier: place for place, identifier in enumerate(held["record"])}
        held["also_found"], held["filled"] = "", ""
        aside, ordered = [], []
        for group in sorted(groups, key=lambda one: min(rows[identifier] for identifier in one)):
            best, *others = _fullest_first(held.iloc[sorted(rows[one] for one in group)])
            ordered.append((best, *others))
            place = held.index[rows[best]]
            filled = []
            for column in held.columns.difference(["record", "database", "also_found", "filled"], sort=False):
                for other in others:
                    if not is_blank(held.at[place, column]):
                        break
                    value = held.at[held.index[rows[other]], column]
                    if not is_blank(value):
                        held.at[place, column] = value
                        filled.append(f"{column} from {other}")
            held.at[place, "filled"] = "; ".join(filled)
            held.at[place, "also_found"] = "; ".join(
                f"{other}{f' ({source})' if (source := self._source(other)) else ''}" for other in others)
            aside += [{"record": other, "merged_into": best, "database": self._source(other),
                       "because": _because(other, group, decided)} for other in others]
        put_aside = pd.DataFrame(aside, columns=["record", "merged_into", "database", "because"])
        kept = held[~held["record"].isin(set(put_aside["record"]))].reset_index(drop=True)
        sources = [self._source(one) or "source not stated" for one in held["record"]]
        by_database = {name: sources.count(name) for name in dict.fromkeys(sources)}
        return Merged(kept, put_aside, tuple(ordered), undecided, conflicts, by_database)

    def _source(self, identifier: str) -> str:
        return text_of(self._by_id.at[identifier, "database"]) if "database" in self._by_id.columns else ""


@dataclass(frozen=True)
class Score:
    """How groups of duplicates compare with what is known to be true, counted in pairs.

    Attributes
    ----------
    hits, merged, true : int
        Pairs rightly merged, pairs merged, and pairs that are one publication.
    wrong, missed : tuple of tuple of str
        Pairs merged that are two publications, and pairs that were not merged though they are one.
    """

    hits: int
    merged: int
    true: int
    wrong: tuple[tuple[str, ...], ...]
    missed: tuple[tuple[str, ...], ...]

    @property
    def precision(self) -> float:
        """Share of the merged pairs that are one publication."""
        return self.hits / self.merged if self.merged else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were merged."""
        return self.hits / self.true if self.true else 1.0


def score(groups: Iterable[Iterable[str]], truth: Iterable[Iterable[str]]) -> Score:
    """Compare groups of duplicates with the true ones.

    Parameters
    ----------
    groups, truth : iterable of iterable of str
        Ids of the records of one publication each.
    """
    made, true = _pairs_within(groups), _pairs_within(truth)
    return Score(len(made & true), len(made), len(true), tuple(sorted(made - true)), tuple(sorted(true - made)))


def _pairs_within(groups) -> set[tuple[str, ...]]:
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


# -- looking for pairs -------------------------------------------------------------------------------


def find(records: pd.DataFrame) -> Duplicates:
    """Line up records that may be the same publication, and answer for each pair.

    Parameters
    ----------
    records : pandas.DataFrame
        With the columns `record` and `title`, and as many of the library's other columns as there are.

    Returns
    -------
    Duplicates

    Raises
    ------
    CourseError
        If the two columns are missing, or an id is blank or stands twice. The records are untouched.

    Notes
    -----
    Pairs come from bib-dedupe, from equal DOIs, and from titles that are nearly the same. The last two are what is
    left when bib-dedupe stops: an odd set of records must not cost anybody the whole step.
    """
    _check(records)
    compared = _comparable(records)
    place = {identifier: number for number, identifier in enumerate(compared)}
    notice = ""
    try:
        labels = duplicate_candidates.judged(compared)
    except Exception as problem:
        labels = {}
        notice = (f"The program bib-dedupe stopped on these records ({type(problem).__name__}), so only DOIs and "
                  "titles were compared. Nothing was lost, but sort the records by title and look for more by eye.")
    for key in duplicate_candidates.alike(compared):
        labels.setdefault(key, "")
    pairs = {}
    for (one, other), label in labels.items():
        first, second = sorted((one, other), key=place.__getitem__)
        pairs[frozenset((one, other))] = _compared(first, second, compared, label)
    pairs = _without_doubtful_chains(pairs, compared, place)
    rank = {DOUBTFUL: 0, SURE: 1, DIFFERENT: 2}
    ordered = sorted(pairs.values(), key=lambda pair: (rank[pair.answer], place[pair.first], place[pair.second]))
    return Duplicates(records, tuple(ordered), notice)


def _comparable(records: pd.DataFrame) -> dict[str, Comparable]:
    texts = {column: [text_of(value) for value in records[column]] if column in records else [""] * len(records)
             for column in FIELDS}
    rows = (dict(zip(texts, values, strict=True)) for values in zip(*texts.values(), strict=True))
    return dict(zip(records["record"].astype(str), map(Comparable, rows), strict=True))


def _check(records: pd.DataFrame) -> None:
    for column in ("record", "title"):
        if column not in records.columns:
            raise CourseError(f"To look for duplicates the table needs a column “{column}”; it has: "
                              f"{', '.join(map(str, records.columns)) or 'none'}. Nothing was changed.")
    ids = records["record"].map(text_of)
    if (ids == "").any():
        raise CourseError(f"{number_of(int((ids == '').sum()), 'record has', 'records have')} no id in the column "
                          "“record”. Give each record one of its own. Nothing was changed.")
    if ids.duplicated().any():
        raise CourseError(f"The id {ids[ids.duplicated()].iloc[0]} stands for more than one record. Give each record "
                          "an id of its own. Nothing was changed.")


def _without_doubtful_chains(pairs: dict, records: dict[str, Comparable], place: dict) -> dict:
    """Ask a person where the program would merge two records only through a third.

    A is the same as B and B the same as C, but A and C are not: then one of the two steps was wrong.
    """
    sure = {pair.ids for pair in pairs.values() if pair.answer == SURE}
    for group in _connected(sure):
        inside = [frozenset(one) for one in combinations(sorted(group, key=place.__getitem__), 2)]
        for key in inside:
            if key not in pairs:
                first, second = sorted(key, key=place.__getitem__)
                pairs[key] = _compared(first, second, records, "")
        broken = len(group) > _LONGEST_CHAIN or any(pairs[key].answer == DIFFERENT or pairs[key].against
                                                    for key in inside)
        if broken:
            for key in inside:
                if pairs[key].answer == SURE:
                    pair = pairs[key]
                    why = "they would be merged with a third record that does not fit"
                    pairs[key] = Pair(pair.first, pair.second, DOUBTFUL, pair.agrees, pair.differs, (why,))
    return pairs


def _connected(links: Iterable[frozenset[str]]) -> list[set[str]]:
    """Records joined by links, directly or through others."""
    group_of: dict[str, set[str]] = {}
    for first, second in sorted(map(sorted, links)):
        joined = group_of.get(first, {first}) | group_of.get(second, {second})
        for one in joined:
            group_of[one] = joined
    return list({id(group): group for group in group_of.values()}.values())


def _compared(first: str, second: str, records: dict[str, Comparable], label: str) -> Pair:
    found = record_likeness.compare(records[first], records[second], (first, second))
    answer = _answer(found.verdicts, len(found.against), label)
    return Pair(first, second, answer, found.agrees, found.differs, found.against)


def _answer(verdicts: dict[str, str], against: int, label: str) -> str:
    near = {record_likeness.SAME, record_likeness.ALIKE}
    titles, authors = verdicts["title"] in near, verdicts["authors"] in near
    # Organisations' reports often come without authors; two gaps neither agree nor differ.
    authors_fit = verdicts["authors"] in near | {record_likeness.LACKING, ""}
    same_doi, same_text = (verdicts[field] == record_likeness.SAME for field in ("doi", "abstract"))
    shorter = verdicts["title"] == record_likeness.SHORTER
    supported = label == duplicate_candidates.DUPLICATE or same_doi
    # A lost subtitle is what databases do, as long as the rest is the same text.
    titles_fit = titles or (shorter and (same_doi or same_text))
    if not against and titles_fit and authors_fit and supported:
        return SURE
    if supported or same_text:
        return DOUBTFUL
    # A likeness of names alone is outweighed by two contradictions: the annual reports of two years are two.
    likely = (titles and authors_fit) or (authors and shorter)
    return DOUBTFUL if likely and against < 2 else DIFFERENT


def _fullest_first(group: pd.DataFrame) -> list[str]:
    """Ids of a group, the record with most fields first; then the longest abstract, then the earlier place."""
    columns = [column for column in FIELDS if column in group.columns]
    filled = group[columns].map(lambda value: not is_blank(value)).sum(axis=1)
    length = group["abstract"].map(text_of).str.len() if "abstract" in group.columns else filled * 0
    order = pd.DataFrame({"id": group["record"].astype(str), "filled": -filled, "length": -length})
    return list(order.sort_values(["filled", "length"], kind="stable")["id"])


def _because(record: str, group: set[str], decided: dict) -> str:
    by_person = any(decided.get(frozenset((record, other))) == SAME for other in group if other != record)
    return "a person decided" if by_person else SURE


def _known_pair(key: str, ids: pd.Index) -> frozenset[str]:
    for sign in re.finditer(r"\+", key):
        first, second = key[: sign.start()], key[sign.end() :]
        if first != second and first in ids and second in ids:
            return frozenset((first, second))
    raise CourseError(f"The decision about “{key}” does not name two of the records, so nothing was merged. "
                      "Take it out, or load the records it belongs to.")


def _known_decision(key: str, what: str) -> str:
    if what not in (SAME, APART):
        raise CourseError(f"The decision about “{key}” is “{what}”; it can be “{SAME}” or “{APART}”. Nothing was "
                          "merged.")
    return what
