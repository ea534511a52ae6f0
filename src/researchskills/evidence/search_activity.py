"""A box for search lines on the screen: type a line, see its count, combine, change, delete, read what it found.

`SearchBox` is the activity of worked steps. Its parts, the lines and the results, also serve the search strategy and
the question of the kind `search`. A line that cannot be read stays in the box with a sentence and its place marked;
nothing that was typed is lost.
"""

from functools import cache
from pathlib import Path

from traitlets import List, TraitError, Unicode, validate

from researchskills import _html
from researchskills._words import number_of
from researchskills.activity import Activity
from researchskills.errors import CourseError
from researchskills.evidence import lines as lines_
from researchskills.evidence import strategy, syntaxes
from researchskills.evidence.lines import Lines
from researchskills.evidence.search_result import record_html
from researchskills.panel_parts import alert, show_if, status, with_heading

#: Results that are read at a time.
AT_A_TIME = 10
#: What can be said of a record after title and abstract.
JUDGEMENTS = {"relevant": "looks relevant", "not": "not relevant", "unsure": "unsure"}
OPENING = '<p role="status">Opening the library …</p>'


class LinePanel:
    """The controls for numbered lines.

    Parameters
    ----------
    lines : Lines
        The list.
    offered : sequence of str
        Database languages to choose from.
    chosen : tuple of callables
        `get()` and `put(syntax)` for the language.
    draft : tuple of callables
        `get()` and `put(text)` for what stands in the box.
    changed : callable
        Called with a line's number after the list has changed.
    """

    def __init__(self, lines: Lines, offered, chosen, draft, changed=lambda number: None):
        from ipywidgets import HTML, Button, Dropdown, HBox, Text, Textarea

        self.lines, self._chosen, self._draft, self._changed = lines, chosen, draft, changed
        #: A new line that was not searched yet, while an earlier one is being changed in the same box.
        self._put_aside = ""
        named = {key: syntaxes.NAMES[key] for key in offered}
        held = chosen[0]()
        self.syntax = Dropdown(options=[(name, key) for key, name in named.items()],
                               value=held if held in named else next(iter(named)),
                               description="Database whose language you type")
        show_if(self.syntax, len(named) > 1)
        self.place = Dropdown(options=[("a new line", 0)], value=0, description="Add a new line, or change one")
        self.box = Textarea(value=draft[0](), rows=2, description="Search line", continuous_update=False)
        self.go = Button(description="Search")
        self.remove = Button(description="Delete this line")
        self.which = Text(description="Lines to combine, such as 1, 2 or 1-3", continuous_update=False)
        self.operator = Dropdown(options=[("AND: records that are in all of them", "AND"),
                                          ("OR: records that are in at least one", "OR")],
                                 description="Combine them with")
        self.join = Button(description="Combine")
        self.said, self.table = HTML(), HTML()
        self._combining = [self.which, self.operator, self.join]
        self.go.on_click(lambda _: self._try(self._run))
        self.remove.on_click(lambda _: self._try(self._delete))
        self.join.on_click(lambda _: self._try(self._combine))
        self.box.observe(lambda change: draft[1](change["new"]), names="value")
        self.syntax.observe(lambda change: chosen[1](change["new"]), names="value")
        self.place.observe(self._placed, names="value")
        self.refresh()
        self.widgets = [self.syntax, self.table, self.place, self.box, HBox([self.go, self.remove]), self.said,
                        *self._combining]

    def refresh(self) -> None:
        """Bring the table and the lists in step with the saved lines."""
        saved = self.lines.saved
        self.table.value = lines_.table_html(saved)
        options = [("a new line", 0), *((f"in place of line {number}", number) for number in range(1, len(saved) + 1))]
        if tuple(options) != tuple(self.place.options):
            held = self.place.value
            # Setting options chooses the first of them; what was chosen comes back where it still exists.
            self.place.unobserve(self._placed, names="value")
            self.place.options = options
            self.place.value = held if held is not None and held <= len(saved) else 0
            self.place.observe(self._placed, names="value")
        self._arrange()

    def _arrange(self) -> None:
        saved = self.lines.saved
        show_if(self.place, bool(saved))
        for widget in self._combining:
            show_if(widget, len(saved) > 1)
        show_if(self.remove, bool(self.place.value))
        self.go.description = f"Search and replace line {self.place.value}" if self.place.value else "Search"
        self.remove.description = f"Delete line {self.place.value}" if self.place.value else "Delete this line"

    def _placed(self, change) -> None:
        self._arrange()
        if not change["old"]:
            self._put_aside = self.box.value
        if not change["new"]:
            self.box.value, self._put_aside = self._put_aside, ""
        else:
            line = self.lines.saved[change["new"] - 1]
            self.box.value = line["text"]
            if line["syntax"] in [key for _, key in self.syntax.options]:
                self.syntax.value = line["syntax"]

    def _try(self, act) -> None:
        # A sentence that comes a second time is announced only when the place was empty in between.
        self.said.value = "" if lines_.library_is_open() else OPENING
        try:
            number, html = act()
        except CourseError as problem:
            self.said.value = alert(lines_.error_html(problem))
            return
        self.refresh()
        self.said.value = alert(html)
        self._changed(number)

    def _run(self):
        if not self.box.value.strip():
            raise CourseError("Type a search line first. Nothing was changed.")
        entry = self.lines.run(self.box.value, self.syntax.value, self.place.value)
        self._new_line()
        return entry.number, found_html(entry)

    def _new_line(self) -> None:
        """Empty the box for a new line, or bring back the one that was put aside."""
        if self.place.value:
            self.place.value = 0
        else:
            self.box.value = ""

    def _delete(self):
        number = self.place.value
        self.lines.delete(number)
        self._new_line()
        # The button goes with the line, and the keyboard must not be left without a place.
        self.box.focus()
        return 0, f"<p>Line {number} is deleted. Lines after it have moved up by one.</p>"

    def _combine(self):
        entry = self.lines.combine(self.which.value, self.operator.value)
        self.which.value = ""
        return entry.number, found_html(entry)


def found_html(entry) -> str:
    """The count of a line, and how it was read where that may surprise."""
    notes = "".join(f"<li>{_html.escape(one)}</li>" for one in entry.notes)
    return (f"<p>Line {entry.number} finds {number_of(entry.count, 'record')}.</p>"
            + (f"<ul>{notes}</ul>" if notes else ""))


class ResultPanel:
    """The records of a line, ten at a time.

    Parameters
    ----------
    lines : Lines
        Whose results.
    judged : tuple of callables, optional
        `get()` and `put(record, judgement)`; with them each record has a list to say how it looks.
    """

    def __init__(self, lines: Lines, judged=None):
        from ipywidgets import HTML, Button, Dropdown, HBox, VBox

        self.lines, self._judged, self._order, self._phrases = lines, judged, [], []
        self.line = Dropdown(options=[("Choose …", 0)], value=0, description="Line to read")
        self.pages = Dropdown(options=[("Choose …", 0)], value=0, description="Records to read")
        self.said, self.box = HTML(), VBox([])
        self.back, self.on = Button(description="Back"), Button(description="On")
        self.turns = HBox([self.back, self.on])
        self.back.on_click(lambda _: self._turn(-AT_A_TIME))
        self.on.on_click(lambda _: self._turn(AT_A_TIME))
        self.line.observe(self._chosen, names="value")
        self.pages.observe(self._paged, names="value")
        self.widgets = [self.line, self.said, self.pages, self.box, self.turns]
        self.refresh()

    def refresh(self, number: int | None = None) -> None:
        """Offer the lines there are now, and show one of them.

        Parameters
        ----------
        number : int, optional
            The line to show; by default none is opened yet.
        """
        saved = self.lines.saved
        self.line.unobserve(self._chosen, names="value")
        self.line.options = [("Choose …", 0), *(
            (f"line {place}: {number_of(line.get('count', 0), 'record')}", place)
            for place, line in enumerate(saved, 1))]
        self.line.value = number if number and number <= len(saved) else 0
        self.line.observe(self._chosen, names="value")
        show_if(self.line, bool(saved))
        self._show_line()

    def _chosen(self, _change) -> None:
        self._show_line()

    def _show_line(self) -> None:
        number, self._order = self.line.value, []
        self.said.value = ""
        if number:
            if not lines_.library_is_open():
                self.said.value = OPENING
            try:
                self._order, self._phrases = results(self.lines, number)
                self.said.value = "" if self._order else status(f"Line {number} finds no record.")
            except CourseError as problem:
                self.said.value = alert(lines_.error_html(problem))
        many = len(self._order)
        self.pages.unobserve(self._paged, names="value")
        self.pages.options = [(_span(start, many), start) for start in range(0, many, AT_A_TIME)] or [("none", 0)]
        self.pages.value = 0
        self.pages.observe(self._paged, names="value")
        show_if(self.pages, many > AT_A_TIME)
        self._show_page()

    def _paged(self, _change) -> None:
        self._show_page()

    def _turn(self, step: int) -> None:
        self.pages.value = self.pages.value + step
        # The list above the records is where reading goes on, for the eyes and for the keyboard.
        self.pages.focus()

    def _show_page(self) -> None:
        start, many, before = self.pages.value, len(self._order), self.box.children
        self.box.children = [widget for place in range(start, min(start + AT_A_TIME, many))
                             for widget in self._record(place)]
        for widget in before:
            widget.close()
        show_if(self.back, start > 0)
        show_if(self.on, start + AT_A_TIME < many)
        self.back.description = f"Back to {_span(max(0, start - AT_A_TIME), many)}"
        self.on.description = f"On to {_span(start + AT_A_TIME, many)}"

    def _record(self, place: int) -> list:
        from ipywidgets import HTML, Dropdown

        record = self._order[place]
        row = self.lines.history().index.records.loc[record]
        shown = HTML(record_html(place + 1, len(self._order), row, self._phrases))
        if self._judged is None:
            return [shown]
        get, put = self._judged
        choice = Dropdown(options=[("Choose …", ""), *((words, key) for key, words in JUDGEMENTS.items())],
                          value=get().get(record, ""), description=f"Record {place + 1} looks")
        choice.observe(lambda change: put(record, change["new"]), names="value")
        return [shown, choice]


def results(lines: Lines, number: int) -> tuple[list[str], list]:
    """The records of a line in reading order, and the phrases to mark in them.

    Raises
    ------
    CourseError
        If a line cannot be read.
    """
    history = lines.history()
    entry = history.entries[number - 1]
    return (strategy.reading_order(history.index, entry.ids),
            strategy.looked_for(history.trees[number], history.trees))


def _span(start: int, many: int) -> str:
    return f"{start + 1} to {min(start + AT_A_TIME, many)} of {many:,}"


class Searching(Activity):
    """An activity with numbered search lines.

    Attributes
    ----------
    lines : list of dict
        Each with `text`, `syntax`, `count`.
    syntax : str
        The database language that is chosen.
    draft : str
        What stands in the box and was not searched yet.
    """

    lines = List().tag(saved=True)
    syntax = Unicode("ovid").tag(saved=True)
    draft = Unicode("").tag(saved=True)

    def __init__(self, name: str, folder: Path | None = None):
        self.kept = Lines(lambda: self.lines, self._put_lines)
        super().__init__(name, folder)

    def _put_lines(self, changed: list[dict]) -> None:
        self.lines = changed

    @validate("lines")
    def _lines_are_lines(self, proposal):
        if not lines_.well_formed(proposal["value"]):
            raise TraitError("these are no search lines")
        return proposal["value"]

    @validate("syntax")
    def _known_syntax(self, proposal):
        if proposal["value"] not in syntaxes.NAMES:
            raise TraitError("this language is not known")
        return proposal["value"]

    def line_panel(self, changed=lambda number: None, offered=tuple(syntaxes.NAMES)) -> LinePanel:
        """The controls for the lines, kept in step with the state."""
        panel = LinePanel(self.kept, offered, (lambda: self.syntax, lambda one: setattr(self, "syntax", one)),
                          (lambda: self.draft, lambda text: setattr(self, "draft", text)), changed)
        self.observe(lambda _: panel.refresh(), names="lines")
        return panel


class SearchBox(Searching):
    """Type lines, see how many records each finds, and read the first of them.

    Parameters
    ----------
    name : str
        For example `m02-p3-search`.
    default : str
        The language that is chosen at first.
    folder : pathlib.Path, optional
        The notebook's folder.
    """

    def __init__(self, name: str, default: str = "ovid", folder: Path | None = None):
        super().__init__(name, folder)
        if not self._saved.revision:
            self._restoring = True
            self.syntax = default
            self._restoring = False

    def shown(self) -> str:
        """The lines with their counts."""
        return "\n".join(f"{number}. {line['text']} ({line.get('count', 0):,})"
                         for number, line in enumerate(self.lines, 1))

    def panel(self):
        """The box, the numbered lines, and what the last one found."""
        from ipywidgets import HTML, VBox

        notice = HTML(self.notice_html())
        found = ResultPanel(self.kept)
        controls = self.line_panel(lambda number: found.refresh(number))
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        return VBox([HTML(with_heading(_TASK)), *controls.widgets, *found.widgets, notice])

    def report(self) -> str:
        """The lines with their counts."""
        told = lines_.table_html(self.lines) or "<p>No line has been typed yet.</p>"
        return f'<section class="rs-report" aria-label="Search the library">{_TASK}{told}{self.notice_html()}</section>'


_TASK = ("<p><strong>Search the library</strong></p><p>Type one line, then choose Search. Each line gets a number and "
         "a count, and can be used in later lines by its number.</p>")


@cache
def searching(name: str, syntax: str, folder: Path) -> SearchBox:
    """One activity for each name and folder, however often its cell is run."""
    return SearchBox(name, syntax, folder)
