"""A search strategy on the screen: from a question to a log that a stranger could repeat.

Five steps, one shown at a time: the question and its ideas, the words for each, the lines, the records to skim, and
at the end the commitment with what follows from it. Recall and precision are told only after somebody has said "this
is my search", because a number that is always in sight is soon chased for its own sake. With a question of one's own
nobody knows the recall; what can be asked instead is whether the search finds the records that one knows already.

Everything that is typed is saved at once, and what the report says is saved with it (counts, figures, remarks), so
that a page can be read without opening the library.
"""

import datetime
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from traitlets import Dict, Int, List, TraitError, Unicode, validate

from researchskills import _html, privacy
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.evidence import lines as lines_
from researchskills.evidence import strategy, syntaxes
from researchskills.evidence.peer_review import ELEMENTS
from researchskills.evidence.search_activity import JUDGEMENTS, Searching
from researchskills.evidence.strategy import MOST_BLOCKS, Block
from researchskills.evidence.strategy_report import (
    blocks_html,
    commit_words,
    commits_html,
    element_html,
    judged_words,
    known_html,
    note_html,
    others_html,
)
from researchskills.store import now

#: How many steps there are.
STEPS = 5
#: What the library is called in a search log.
LIBRARY = "Library of the course (invented records)"
#: Folder beside the notebook for files that were asked for.
EXPORTS = "exports"
#: Missed records that are named.
_NAMED_MISSED = 60
#: Letters of one note or question that are kept.
MOST_LETTERS = 4000


class SearchStrategy(Searching):
    """A search from the question to the log.

    Parameters
    ----------
    name : str
        For example `m02-a1-strategy`.
    topic : str, optional
        A topic of the library that is set; by default the learner chooses one or brings a question.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    step : int
        The step that is shown, from 1.
    topic, question : str
        A topic of the library, or "" and a question of one's own.
    blocks : list of dict
        See `strategy.Block`.
    judged : dict
        Record → one of `JUDGEMENTS`.
    commits : list of dict
        Each time somebody said "this is my search": `when`, `line`, `text`, `found`, `topic`, and with a topic
        `recall`, `precision`, `hits`, `relevant`, `missed`; the last one also has its `lines`.
    known : str
        Records known before, one on each line.
    checked_known : list of dict
        What became of them.
    remarks : dict
        `line` and `found`: what the six checks saw last.
    notes : dict
        Element → the learner's note.
    others : list of dict
        Other sources that were searched.
    who, searched : str
        Who searched the library, and the day of the last line.
    """

    step = Int(1).tag(saved=True)
    topic = Unicode("").tag(saved=True)
    question = Unicode("").tag(saved=True)
    blocks = List().tag(saved=True)
    judged = Dict().tag(saved=True)
    commits = List().tag(saved=True)
    known = Unicode("").tag(saved=True)
    checked_known = List().tag(saved=True)
    remarks = Dict().tag(saved=True)
    notes = Dict().tag(saved=True)
    others = List().tag(saved=True)
    who = Unicode("").tag(saved=True)
    searched = Unicode("").tag(saved=True)

    def __init__(self, name: str, topic: str | None = None, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        self.set_topic = topic
        super().__init__(name, folder)
        if topic:
            self._restoring = True
            self.topic = topic
            self._restoring = False

    # -- what may be saved -----------------------------------------------------------------------

    @validate("step", "blocks", "judged", "commits", "checked_known", "remarks", "notes", "others")
    def _can_be_shown(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not _ALLOWED[name](value):
            raise TraitError(f"“{name}” cannot be like that")
        return value

    # -- what happens ----------------------------------------------------------------------------

    def plan(self) -> list[Block]:
        """The blocks."""
        return [Block.from_dict(one) for one in self.blocks]

    def name_block(self, place: int, name: str) -> None:
        """Name an idea; its words stay. An idea whose name is taken away goes when it has no words."""
        blocks = [dict(one) for one in self.blocks]
        while len(blocks) <= place:
            blocks.append(Block("").as_dict())
        blocks[place]["name"] = name.strip()[:100]
        while blocks and not blocks[-1]["name"] and Block.from_dict(blocks[-1]).is_empty:
            blocks.pop()
        self.blocks = blocks

    def put_words(self, place: int, part: str, words: list[str]) -> None:
        """Set the words or the headings of an idea.

        Parameters
        ----------
        place : int
            Which block, from 0.
        part : {"words", "headings"}
        words : list of str
        """
        blocks = [dict(one) for one in self.blocks]
        tidy = (" ".join(word.split())[:200] for word in words)
        blocks[place] = {**blocks[place], part: list(dict.fromkeys(word for word in tidy if word))}
        self.blocks = blocks

    def suggestions(self, place: int, also: str = "") -> list:
        """Words for an idea, from the thesaurus and from records that look relevant.

        Parameters
        ----------
        place : int
            Which block, from 0.
        also : str
            A further word to look up.

        Raises
        ------
        CourseError
            If the library cannot be opened.
        """
        index = self.kept.history().index
        block = self.plan()[place]
        asked = list(dict.fromkeys(filter(None, [also.strip(), block.name, *block.words, *block.headings])))
        relevant = [record for record, one in self.judged.items() if one == "relevant"]
        found = strategy.from_thesaurus(asked, index.thesaurus, block)
        common = strategy.common_words(index, [one.text for one in found if one.kind == "word"])
        found = [replace(one, why=f"{one.why}; stands in {common[one.text]:,} of {len(index.all):,} records")
                 if one.kind == "word" and one.text in common else one for one in found]
        there = {(one.kind, one.text) for one in found}
        return found + [one for one in strategy.from_records(index, relevant, self.plan())
                        if (one.kind, one.text) not in there]

    def common_words(self, place: int) -> list[str]:
        """For each very common word of an idea, in how many records it stands, as a sentence.

        Parameters
        ----------
        place : int
            Which block, from 0.

        Raises
        ------
        CourseError
            If the library cannot be opened.
        """
        index = self.kept.history().index
        common = strategy.common_words(index, self.plan()[place].words)
        return [f"“{word}” stands in {count:,} of {len(index.all):,} records." for word, count in common.items()]

    def write_lines(self, anew: bool = False) -> str:
        """Add the lines that express the blocks; gives a sentence.

        Parameters
        ----------
        anew : bool, default False
            Whether they come in place of the lines that were written before. Lines that the learner typed or changed
            stay, and so do the lines that these use.

        Raises
        ------
        CourseError
            If there is nothing to write, or one of the lines cannot be read; the list is then as it was.
        """
        if not any(not block.is_empty for block in self.plan()):
            raise CourseError("Collect words for your ideas in step 2 first. Nothing was changed.")
        index = self.kept.history().index
        for block in self.plan():
            for heading in block.headings:
                if index.thesaurus.find(heading) is None:
                    raise CourseError(f"“{heading}” is no subject heading of the library. Take it out of the subject "
                                      f"headings of “{block.name}” in step 2, or put it among the words. Nothing was "
                                      "changed.")
        before = self.lines
        try:
            used = self.kept.delete_written() if anew else []
            stay = len(self.lines)
            made = strategy.written_lines(self.plan(), self.syntax, index.thesaurus, stay)
            for text in made:
                self.kept.run(text, self.syntax, written=True)
        except CourseError:
            self.lines = before
            raise
        told = f"{number_of(len(made), 'line')} written for {syntaxes.NAMES[self.syntax]}. Change what you like."
        if anew:
            told += f" They stand in place of {number_of(len(before) - stay, 'line')} written before."
        if stay:
            told += f" Your search is now line {len(self.lines)}; " + (
                "lines that you typed or changed stay." if anew else "the earlier lines stand above, as they were.")
        if not anew and any(line.get("written") for line in before):
            told += " “Write them anew” puts the new lines in place of all that were written."
        if used:
            told += (f" {'Line' if len(used) == 1 else 'Lines'} {_listed(used)} of the lines written before "
                     f"{'stays' if len(used) == 1 else 'stay'} too, because a line of your own is built on "
                     f"{'it' if len(used) == 1 else 'them'}.")
        if bare := [f"“{block.name}”" for block in self.plan() if block.is_empty and block.name]:
            told += f" No line stands for {' and '.join(bare)}: there are no words for it in step 2 yet."
        return told

    def _put_lines(self, changed: list[dict]) -> None:
        self.searched = datetime.date.today().isoformat()
        self.lines = changed

    def judge(self, record: str, judgement: str) -> None:
        """Keep how a record looks; an empty judgement takes it back."""
        others = {one: held for one, held in self.judged.items() if one != record}
        self.judged = {**others, record: judgement} if judgement else others

    def commit(self, number: int) -> None:
        """Say that a line is the search; only now is it compared with the gold set of the topic.

        Raises
        ------
        CourseError
            If there is no such line.
        """
        if not 1 <= number <= len(self.lines):
            raise CourseError("Type at least one line in step 3 first. Then say which of them is your search.")
        entry = self.kept.entries[number - 1]
        made = {"when": now(), "line": number, "text": entry.text, "found": entry.count, "topic": self.topic,
                "lines": [dict(line) for line in self.lines]}
        if self.topic:
            made.update(_figures(self.kept.history(), number, self.topic))
        # Only the newest keeps its lines and the records it missed, so that the file stays small.
        earlier = [{key: value for key, value in one.items() if key not in {"lines", "missed"}}
                   for one in self.commits[-19:]]
        self.commits = [*earlier, made]

    def stands(self) -> bool:
        """Whether what was committed last is still what is on the page."""
        last = self.commits[-1] if self.commits else {}
        return (last.get("lines"), last.get("topic")) == (self.lines, self.topic)

    def look_for_known(self) -> None:
        """Ask whether the committed search finds the records that are known already."""
        final = self.committed_line()
        found = strategy.known_items(self.known.splitlines()[:50], self.kept.history(), final)
        self.checked_known = [{"asked": one.asked, "title": one.title, "found": one.found, "there": bool(one.record),
                               "lacking": list(one.lacking), "near": one.near} for one in found]

    def committed_line(self) -> int:
        """Number of the line that is the search: the one committed to, else the last.

        Raises
        ------
        CourseError
            If there is no line.
        """
        if not self.lines:
            raise CourseError("There is no line yet. Type one in step 3 first.")
        held = self.commits[-1] if self.commits else None
        if held and held["line"] <= len(self.lines) and self.lines[held["line"] - 1]["text"] == held["text"]:
            return held["line"]
        return len(self.lines)

    def look_through(self) -> None:
        """Let the rules of the six checks look at the search."""
        from researchskills.evidence.peer_review import review

        final = self.committed_line()
        found = review(self.kept.history(), final, self.plan(), self.notes.get("limits", ""))
        self.remarks = {"line": final, "found": [vars(one) for one in found]}

    def note(self, element: str, text: str) -> None:
        """Keep a note on one of the six elements."""
        self.notes = {**self.notes, element: text.strip()[:MOST_LETTERS]}

    def add_source(self, name: str, typed: str, found: str, notes: str = "") -> str:
        """Put another source into the log; gives a sentence.

        Raises
        ------
        CourseError
            If its name or what was typed is lacking, or the number is none.
        """
        name, typed, found = name.strip()[:200], typed.strip()[:MOST_LETTERS], found.strip()
        if not name or not typed:
            raise CourseError("Say which source it was and what you typed or opened there. Nothing was added yet.")
        if personal := privacy.find(f"{name}\n{typed}"):
            raise CourseError(f"This seems to hold a {personal[0].kind} ({personal[0].masked}). Nothing was added yet. "
                              "Write it without anything that could identify a person.")
        if found and not found.replace(",", "").isdecimal():
            raise CourseError(f"“{found}” is no number of records. Use digits, or leave it empty. "
                              "Nothing was added yet.")
        taken = {one["name"] for one in self.others} | {LIBRARY}
        place = 2
        unique = name
        while unique in taken:
            unique, place = f"{name} ({place})", place + 1
        entry = {"name": unique, "typed": typed, "notes": notes, "searched": datetime.date.today().isoformat(),
                 "found": int(found.replace(",", "")) if found else None}
        self.others = [*self.others, entry]
        return f"“{unique}” is in the log."

    def drop_source(self, name: str) -> None:
        """Take another source out of the log."""
        self.others = [one for one in self.others if one["name"] != name]

    def read_file(self, name: str, content: bytes) -> tuple[str, int, str]:
        """Read a file that a real database or a reference manager exported.

        Parameters
        ----------
        name : str
            The file's name.
        content : bytes
            It is on the disk only while it is being read.

        Returns
        -------
        (str, int, str)
            The database it names, how many records were read, and a sentence that compares this with the file.

        Raises
        ------
        CourseError
            If it is no file of references.
        """
        from researchskills.evidence import references

        with tempfile.TemporaryDirectory(prefix="import-") as folder:
            path = Path(folder) / _file_name(name)
            path.write_bytes(content)
            found = references.read(path)
        databases = found.records["database"].dropna()
        told = " ".join([found.sentence, *found.remarks])
        return (databases.mode().iloc[0] if len(databases) else ""), len(found.records), told

    # -- what leaves the page --------------------------------------------------------------------

    def log(self):
        """The search log.

        Returns
        -------
        search_log.SearchLog
        """
        from researchskills.evidence.search_log import Entry, SearchLog, Source

        sources, entries = [], []
        if self.lines:
            named = dict.fromkeys(syntaxes.NAMES[line["syntax"]] for line in self.lines)
            held = self.commits[-1] if self.commits else None
            told = f"The search is line {self.committed_line()}." if held else ""
            sources.append(Source(LIBRARY, _day(self.searched), ", ".join(named), who=self.who, notes=told))
            entries = [Entry(LIBRARY, number, line["text"], line.get("count"))
                       for number, line in enumerate(self.lines, 1)]
        for one in self.others:
            sources.append(Source(one["name"], _day(one["searched"]), who=self.who, notes=one["notes"], described=True))
            entries.append(Entry(one["name"], 1, one["typed"], one.get("found")))
        return SearchLog(self.asked(), sources, entries)

    def export(self, what: str) -> Path:
        """Write a file into the folder `exports` beside the notebook.

        Parameters
        ----------
        what : {"docx", "ris", "csv"}
            The log as a Word document, or the records of the search as RIS or as a table.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        CourseError
            If there is nothing to write, or the folder cannot be written to.
        """
        from researchskills.evidence import references

        if what == "docx":
            log = self.log()
            if not log.sources:
                raise CourseError("There is nothing to log yet. Type a line in step 3 first. No file was written.")
            return log.write_docx(self._export_folder() / f"search-log-{self.name}.docx")
        entry = self.kept.entries[self.committed_line() - 1]
        index = self.kept.history().index
        records = index.records.loc[strategy.reading_order(index, entry.ids)].reset_index(names="record")
        write = {"ris": references.write_ris, "csv": references.write_csv}[what]
        return write(records, self._export_folder() / f"records-{self.name}.{what}")

    def _export_folder(self) -> Path:
        folder = self.folder / EXPORTS
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise CourseError(
                f"The folder “{EXPORTS}” beside this notebook cannot be made ({problem.strerror}). No file was "
                "written, and your work is untouched. Check that the course folder can be written to.") from None
        return folder

    def asked(self) -> str:
        """The question: the topic's, or one's own."""
        if not self.topic:
            return self.question.strip()
        try:
            return topics()[self.topic]["question"]
        except (CourseError, KeyError):
            # A page can be read without the library, and after a topic has gone.
            return self.topic

    def shown(self) -> str:
        """The question, the lines with their counts, and what was committed."""
        told = [self.asked()] if self.asked() else []
        told += [f"{number}. {line['text']} ({line.get('count', 0):,})" for number, line in enumerate(self.lines, 1)]
        if self.commits:
            told.append(commit_words(self.commits[-1]))
        # A topic that the lesson set is no answer yet.
        return "\n".join(told) if self.lines or self.blocks or self.question.strip() else ""

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """Five steps, one shown at a time."""
        from researchskills.evidence.strategy_steps import Panel

        return Panel(self).widget

    # -- as a page -------------------------------------------------------------------------------

    def task_html(self) -> str:
        """The task, which the plan leaves out."""
        return TASK

    def report(self) -> str:
        """Everything that was done, from the question to the log."""
        parts = [TASK]
        if self.asked():
            parts.append(f"<p><strong>Question</strong></p>{_html.plain(self.asked())}")
        if self.blocks:
            parts.append(blocks_html(self.plan()))
        parts.append(lines_.table_html(self.lines, "Lines as typed") or "<p>No line has been typed yet.</p>")
        if self.judged:
            parts.append(f"<p>{_html.escape(judged_words(self.judged))}</p>")
        parts += [commits_html(self.commits), known_html(self.checked_known)]
        if self.remarks or any(self.notes.values()):
            parts += ["<p><strong>Six checks</strong></p>", *(
                element_html(one, self.remarks) + note_html(self.notes.get(one, "")) for one in ELEMENTS)]
        if self.others:
            parts.append(others_html(self.others))
        return (f'<section class="rs-report" aria-label="Search strategy">{"".join(parts)}{self.notice_html()}'
                "</section>")


TASK = ("<p><strong>A search strategy</strong></p><p>From a question to a search that somebody else could repeat, in "
         "five steps. Go back and forth as you like; everything is kept.</p>")


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _listed(numbers: list[int]) -> str:
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}" if first else last


def _file_name(name: str) -> str:
    """The last part of a name that somebody handed over, such as any file system can hold."""
    last = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())
    return last[-100:] if last.strip(". ") else "file"


def _shaped(entry, needed: dict, optional: dict | None = None) -> bool:
    """Whether something is a dictionary with values of these kinds."""
    optional = optional or {}
    return isinstance(entry, dict) and set(needed) <= set(entry) <= set(needed) | set(optional) and all(
        isinstance(value, {**needed, **optional}[key]) for key, value in entry.items())


def _texts(held) -> bool:
    return isinstance(held, list) and all(isinstance(one, str) for one in held)


def _is_block(one) -> bool:
    return _shaped(one, {"name": str, "words": list, "headings": list}) and _texts(one["words"]) \
        and _texts(one["headings"])


def _is_commit(one) -> bool:
    figures = {"recall": int | float, "precision": int | float | None, "hits": int, "relevant": int, "missed": list}
    if not _shaped(one, {"when": str, "line": int, "text": str, "found": int},
                   {**figures, "lines": list, "topic": str}):
        return False
    # Figures come together: without one of them none can be told.
    measured = {"recall", "precision", "hits", "relevant"} & set(one)
    return len(measured) in (0, 4) and all(_texts(row) and len(row) == 3 for row in one.get("missed", [])) \
        and lines_.well_formed(one.get("lines", []))


def _are_remarks(held) -> bool:
    if not held:
        return held == {}
    kinds = {"element": str, "text": str, "line": int | None, "sure": bool}
    return _shaped(held, {"line": int, "found": list}) and all(
        _shaped(one, kinds) and one["element"] in ELEMENTS for one in held["found"])


_KNOWN = {"asked": str, "title": str, "found": bool, "there": bool, "lacking": list, "near": str}
_SOURCE = {"name": str, "typed": str, "notes": str, "searched": str, "found": int | None}
#: For each part of the state: whether a value can be shown.
_ALLOWED = {
    "step": lambda held: 1 <= held <= STEPS,
    "blocks": lambda held: len(held) <= MOST_BLOCKS and all(map(_is_block, held)),
    "judged": lambda held: all(isinstance(one, str) and one in JUDGEMENTS for one in held.values()),
    "commits": lambda held: all(map(_is_commit, held)),
    "checked_known": lambda held: all(_shaped(one, _KNOWN) for one in held),
    "remarks": _are_remarks,
    "notes": lambda held: set(held) <= set(ELEMENTS) and _texts(list(held.values())),
    "others": lambda held: all(_shaped(one, _SOURCE) for one in held),
}


@cache
def topics() -> dict[str, dict]:
    """Topics of the library: id → `title`, `question`, `use`."""
    from researchskills.datasets import load

    table = load("library", "topics")
    return {str(row.topic): {"title": str(row.title), "question": str(row.question), "use": str(row.use)}
            for row in table.itertuples()}


def _figures(history, line: int, topic: str) -> dict:
    from researchskills.evidence import measures, terms

    entries = history.entries
    sets = {entry.number: entry.ids for entry in entries}
    blocks = terms.ideas(history.trees[line], history.trees)
    result = measures.evaluate(sets[line], topic, sets, blocks=blocks)
    return {"recall": result.recall, "precision": result.precision, "hits": result.hits, "relevant": result.relevant,
            "missed": [[one.record, one.title, _why_missed(one, blocks, sets, history)]
                       for one in result.missed[:_NAMED_MISSED]]}


def _why_missed(missed, blocks: list, sets: dict, history) -> str:
    """The words that would have caught a record; where none is known, the block that does not find it."""
    from researchskills.evidence import terms
    from researchskills.evidence.query import Heading, Phrase

    if not missed.lacking:
        for block in blocks:
            named = [one for one in terms.leaves(block, history.trees) if isinstance(one, Heading | Phrase)]
            if named and missed.record not in history.index.find(block, sets):
                first = named[0].name if isinstance(named[0], Heading) else terms.typed(named[0])
                return f"the block that begins with “{first}” does not find it"
    return strategy.lacking_words(missed)


@cache
def strategy_of(name: str, topic: str | None, folder: Path) -> SearchStrategy:
    """One activity for each name and folder, however often its cell is run."""
    return SearchStrategy(name, topic, folder)
