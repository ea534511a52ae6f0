"""Tracing claims on the screen: a sentence beside its source, a verdict, a fairer sentence, and then the course's view.

The course's view is shown only after the reader has said theirs, and what was said first is kept, because an opinion
that was never committed to cannot be changed. Nothing here is counted as right or wrong. The controls keep their
place and the keyboard's focus; only the words of the claim change.
"""

from functools import cache
from pathlib import Path
from textwrap import shorten

import pandas as pd
from traitlets import Dict, List, TraitError, Unicode, validate

from researchskills import _html, own_words, saving, web_page
from researchskills._words import number_of
from researchskills.activity import Activity, here, reopened
from researchskills.appraisal import claims, saved_files
from researchskills.appraisal.claims import CANNOT_TELL, CHOICES, Claim
from researchskills.appraisal.stacked_tables import stacked_table
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, alert, show_if, status, with_heading

_TASK = ("<p><strong>Trace claims to their source</strong></p><p>Read the sentence and what its source reports. Say "
         "how far they agree, and write the sentence that the source would bear. Then see what the course makes of "
         "it. A misreport is seldom a lie: it happens to careful people who cite from memory.</p>")
_OWN = ("<p><strong>A claim of your own</strong></p><p>Take a sentence from a report, a leaflet or a talk at work, and "
        "look up the source that it names.</p>")
#: An own claim: field → what it is called.
OWN_FIELDS = {"stated": "What is stated, and where", "cited": "What it names as its source",
              "reported": "What that source says", "fair": "A fair sentence"}
#: More own claims than this are no longer an exercise.
_MOST_OWN = 20
_NOT_SAID = {"verdict": "", "fair": "", "first": {}}


class TraceClaims(Activity):
    """Claims beside their sources.

    Parameters
    ----------
    name : str
        For example `m03-a7-claims`.
    keys : iterable of str
        The claims.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    said : dict
        Claim → `verdict`, `fair`, and `first`: verdict and sentence when they were first compared with the course's,
        or empty as long as they were not.
    at : str
        The claim that is being looked at.
    own : list of dict
        Claims of one's own: the fields of `OWN_FIELDS`, and `verdict`.
    """

    said = Dict().tag(saved=True)
    at = Unicode().tag(saved=True)
    own = List().tag(saved=True)

    def __init__(self, name: str, keys=claims.FIRST_SET, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        self.keys = list(keys)
        super().__init__(name, folder)
        self.current = self.at if self.at in self.keys else self.next_open() or self.keys[0]

    @validate("said")
    def _is_said(self, proposal):
        for one in proposal["value"].values():
            if not _is_answer(one, {"first"}) or not isinstance(one.get("first"), dict) \
                    or (one["first"] and not (_is_answer(one["first"]) and one["first"]["verdict"])):
                raise TraitError("this is no verdict")
        return proposal["value"]

    @validate("own")
    def _is_own(self, proposal):
        for one in proposal["value"]:
            if not _is_answer(one, {"stated", "cited", "reported"}) or not one["verdict"]:
                raise TraitError("this is no claim")
        return proposal["value"]

    # -- what happens ----------------------------------------------------------------------------

    def answer(self, key: str) -> dict:
        """What was said about a claim."""
        return self.said.get(key, _NOT_SAID)

    def is_compared(self, key: str) -> bool:
        """Whether the course's view of a claim may be seen."""
        return bool(self.answer(key)["first"])

    def say(self, verdict: str | None = None, fair: str | None = None) -> None:
        """Keep a verdict about the current claim, or a fair sentence, or both.

        Raises
        ------
        CourseError
            If the sentence holds something that could identify a person.
        """
        held = dict(self.answer(self.current))
        if verdict is not None:
            held["verdict"] = verdict
        if fair is not None:
            held["fair"] = own_words.kept(fair)
        if held != self.answer(self.current):
            self.said = {**self.said, self.current: held}
            self.at = self.current

    def compare(self) -> str:
        """Commit to what was said about the current claim; gives a sentence about both verdicts.

        Raises
        ------
        CourseError
            If there is no verdict yet, or no fair sentence where one is needed.
        """
        held = self.answer(self.current)
        if not held["verdict"]:
            raise CourseError("Choose your verdict first. What the course thinks is shown after that.")
        if not held["fair"] and held["verdict"] not in {"agrees", CANNOT_TELL}:
            raise CourseError("Write what a fair sentence would say first; half a line is enough.")
        if not held["first"]:
            first = {"verdict": held["verdict"], "fair": held["fair"]}
            self.said = {**self.said, self.current: {**held, "first": first}}
        return claims.compared(held["verdict"], self.current)

    def go_to(self, key: str) -> None:
        """Look at another claim."""
        self.current = key
        # Looking is no answer: a place is kept only once there is something to come back to.
        if self.said:
            self.at = key

    def step(self, by: int) -> None:
        """Go some claims on or back, round the ends."""
        self.go_to(self.keys[(self.keys.index(self.current) + by) % len(self.keys)])

    def next_open(self, after: str = "") -> str:
        """The next claim that was not compared yet, looked for round the end; empty when there is none."""
        start = self.keys.index(after) + 1 if after else 0
        return next((key for key in self.keys[start:] + self.keys[:start] if not self.is_compared(key)), "")

    def add_own(self, verdict: str, **fields: str) -> str:
        """Add a claim of one's own; gives a sentence.

        Parameters
        ----------
        verdict : str
            One of `claims.CHOICES`.
        **fields : str
            The fields of `OWN_FIELDS`.

        Raises
        ------
        CourseError
            If something is missing, could identify a person, or there are very many already.
        """
        held = {key: own_words.kept(fields.get(key, "")) for key in OWN_FIELDS}
        missing = [words.lower() for key, words in OWN_FIELDS.items() if not held[key] and key != "fair"]
        if missing or not verdict:
            raise CourseError(f"Still missing: {'; '.join(missing + ([] if verdict else ['your verdict']))}. Nothing "
                              "was added yet.")
        if len(self.own) >= _MOST_OWN:
            raise CourseError(f"There are {_MOST_OWN} claims of your own already. Take one out first. Nothing was "
                              "added.")
        self.own = [*self.own, {**held, "verdict": verdict}]
        return f"Added as your claim {len(self.own)}."

    def drop_own(self, place: int) -> None:
        """Take a claim of one's own out again, counted from 0."""
        self.own = [one for number, one in enumerate(self.own) if number != place]

    def export(self) -> Path:
        """Write what was done as a page beside the notebook.

        Raises
        ------
        CourseError
            If nothing was said yet, or the file cannot be written.
        """
        if not self.shown():
            raise CourseError("There is nothing to save yet. Choose a verdict first. No file was written.")
        page = web_page.page("Claims traced to their source", self._body())
        return saving.write(self.folder / f"{self.name}-claims.html", page.encode())

    def progress(self) -> str:
        """How far the reader is, in one sentence."""
        done = sum(map(self.is_compared, self.keys))
        if done == len(self.keys):
            return f"All {number_of(done, 'claim')} traced."
        return f"{done} of {number_of(len(self.keys), 'claim')} traced."

    def shown(self) -> str:
        """How far the reader is; empty when nothing was said."""
        told = [self.progress()] if any(key in self.said for key in self.keys) else []
        if self.own:
            told.append(f"{number_of(len(self.own), 'claim')} of your own.")
        return " ".join(told)

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """A claim and its source, the controls, and further down one's own claims."""
        from ipywidgets import HTML, VBox

        notice = HTML(self.notice_html())
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        return VBox([HTML(with_heading(_TASK)), *self._tracing(), notice, *self._adding(), *self._saving()])

    def _tracing(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, HBox, Textarea

        progress, card, said, course = HTML(), HTML(), HTML(), HTML()
        jump = Dropdown(description="Go to a claim")
        verdict = Dropdown(options=[(CHOOSE, ""), *((words, key) for key, words in CHOICES.items())],
                           description="Your verdict")
        fair = Textarea(rows=3, description="What a fair sentence would say", continuous_update=False)
        compare = Button(description="Compare with the course")
        back, on, open_ = (Button(description=words) for words in
                           ("Previous claim", "Next claim", "Next one not traced yet"))
        drawing = [False]

        def draw(told: str = ""):
            drawing[0] = True
            progress.value = status(self.progress())
            jump.options = [(self._line(key), key) for key in self.keys]
            jump.value = self.current
            card.value = with_heading(self._card_html(self.current), PART)
            held = self.answer(self.current)
            verdict.value, fair.value = held["verdict"], held["fair"]
            course.value = self._course_html(self.current)
            said.value = alert(f"<p>{_html.escape(told)}</p>") if told else ""
            drawing[0] = False

        def attempt(act):
            try:
                told = act() or ""
            except CourseError as problem:
                said.value = alert(f"<p>{_html.escape(problem)}</p>")
                return
            draw(told)

        def typed(name: str):
            def changed(change):
                if not drawing[0]:
                    attempt(lambda: self.say(**{name: change["new"]}))

            return changed

        def go(move):
            def act():
                move()
                return f"Now {self._number(self.current)}."

            return lambda _: attempt(act)

        def open_pressed(_button):
            key = self.next_open(self.current)
            if key:
                self.go_to(key)
            draw(f"Now {self._number(self.current)}." if key else "Every claim is traced.")

        def jumped(change):
            if not drawing[0] and change["new"]:
                self.go_to(change["new"])
                draw()

        jump.observe(jumped, names="value")
        verdict.observe(typed("verdict"), names="value")
        fair.observe(typed("fair"), names="value")
        compare.on_click(lambda _: attempt(self.compare))
        back.on_click(go(lambda: self.step(-1)))
        on.on_click(go(lambda: self.step(1)))
        open_.on_click(open_pressed)
        draw()
        return [progress, jump, card, verdict, fair, compare, said, course, HBox([back, on, open_])]

    def _adding(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, Textarea

        fields = {key: Textarea(rows=2, description=f"Your claim: {words[:1].lower()}{words[1:]}")
                  for key, words in OWN_FIELDS.items()}
        verdict = Dropdown(options=[(CHOOSE, ""), *((words, key) for key, words in CHOICES.items())],
                           description="Your claim: your verdict")
        add, said, listed = Button(description="Add this claim"), HTML(), HTML()
        which, drop = Dropdown(description="One of your claims"), Button(description="Take this claim out")

        def draw():
            listed.value = _own_html(self.own)
            which.options = [(CHOOSE, -1), *((f"{number}. {_short(one['stated'])}", number - 1)
                                             for number, one in enumerate(self.own, 1))]
            which.value = -1
            for widget in (which, drop):
                show_if(widget, bool(self.own))

        def add_pressed(_button):
            try:
                told = self.add_own(verdict.value, **{key: widget.value for key, widget in fields.items()})
            except CourseError as problem:
                told = str(problem)
            else:
                for widget in fields.values():
                    widget.value = ""
                verdict.value = ""
                draw()
            said.value = alert(f"<p>{_html.escape(told)}</p>")

        def drop_pressed(_button):
            if which.value < 0:
                said.value = alert("<p>Choose one of your claims in the list first.</p>")
                return
            self.drop_own(which.value)
            said.value = alert("<p>Taken out.</p>")
            draw()
            if not self.own:
                # The button goes with the last claim, and the keyboard must not be left without a place.
                fields["stated"].focus()

        add.on_click(add_pressed)
        drop.on_click(drop_pressed)
        draw()
        *first, last = fields.values()
        return [HTML(with_heading(_OWN, PART)), *first, verdict, last, add, said, listed, which, drop]

    def _saving(self) -> list:
        from ipywidgets import HTML, Button

        button, said = Button(description="Save as a page to read or print"), HTML()

        def pressed(_button):
            try:
                told = saved_files.where([self.export()])
            except CourseError as problem:
                told = str(problem)
            said.value = alert(f"<p>{_html.escape(told)}</p>")

        button.on_click(pressed)
        return [button, said]

    def _number(self, key: str) -> str:
        return f"claim {self.keys.index(key) + 1} of {len(self.keys)}"

    def _line(self, key: str) -> str:
        state = "traced" if self.is_compared(key) else "begun" if key in self.said else "not yet traced"
        return f"{self.keys.index(key) + 1}. {_short(claims.claims()[key].stated)} ({state})"

    def _card_html(self, key: str) -> str:
        claim = claims.claims()[key]
        return (f"<p><strong>{self._number(key).capitalize()}</strong></p>{_side_by_side(claim)}"
                f"{_read_it_html(claim)}")

    def _course_html(self, key: str) -> str:
        if not self.is_compared(key):
            return ""
        course = claims.view(key)
        also = f" Also to be defended: {', '.join(course.also)}." if course.also else ""
        return (f"<p><strong>What the course makes of it</strong></p><p>{_html.escape(CHOICES[course.verdict])}."
                f"{_html.escape(also)}</p>"
                f"<p>A fair sentence: {_html.escape(course.fair)}</p><p>Why: {_html.escape(course.why)}</p>")

    # -- as a page -------------------------------------------------------------------------------

    def report(self) -> str:
        """The claims about which something was said, with one's own view and the course's."""
        return (f'<section class="rs-report" aria-label="Claims traced to their source">{_TASK}{self._body()}'
                f"{self.notice_html()}</section>")

    def _body(self) -> str:
        parts = [f"<p>{_html.escape(self.progress())}</p>"]
        for key in self.keys:
            if key in self.said:
                parts += [self._card_html(key), self._said_html(key), self._course_html(key)]
        return "".join([*parts, _own_html(self.own)])

    def _said_html(self, key: str) -> str:
        held = self.answer(key)
        verdict = CHOICES[held["verdict"]] if held["verdict"] else "none yet"
        parts = [f"<p>Your verdict: {_html.escape(verdict)}.</p>"]
        if held["fair"]:
            parts.append(f"<p>Your fair sentence:</p>{_html.plain(held['fair'])}")
        if held["first"] and held["first"] != {"verdict": held["verdict"], "fair": held["fair"]}:
            first = held["first"]
            parts.append(f"<p>Before you saw the course’s view you said: {_html.escape(CHOICES[first['verdict']])}.</p>"
                         f"{_html.plain(first['fair'])}")
        return "".join(parts)


def _side_by_side(claim: Claim) -> str:
    """Sentence and source side by side, or one below the other where there is no room; read in this order."""
    found = "What we found when we looked" if claim.cited == claims.NO_SOURCE else "What its source reports"
    columns = (("What is stated", claim.stated), (found, claim.reported))
    parts = "".join(f'<div style="flex: 1 1 15em"><p><strong>{label}</strong></p><p>{_html.escape(text)}</p></div>'
                    for label, text in columns)
    return f'<div style="display: flex; flex-wrap: wrap; gap: 0 1.5em">{parts}</div>'


def _read_it_html(claim: Claim) -> str:
    place = _html.escape(claim.where_to_read)
    if claim.link:
        place = f'<a href="{_html.escape(claim.link)}" target="_blank" rel="noopener">{place}</a>'
    stop = "" if claim.document.endswith("?") else "."
    cited = "It names no source." if claim.cited == claims.NO_SOURCE else \
        f"Named as its source: {claim.cited.rstrip('.')}."
    return (f"<ul><li>Stated in: {_html.escape(claim.document)}{stop} {_html.escape(claim.where)}.</li>"
            f"<li>{_html.escape(cited)}</li>"
            f"<li>{_html.escape(claims.HOW_KNOWN[claim.status])}</li>"
            f"<li>Read it yourself: {place}.</li></ul>")


def _short(words: str) -> str:
    """The beginning of a sentence, for a list to choose from."""
    return shorten(words, 60, placeholder=" …")


def _own_html(own: list[dict]) -> str:
    if not own:
        return ""
    rows = [{"what is stated": one["stated"], "what its source reports": f"{one['cited']}: {one['reported']}",
             "verdict": CHOICES[one["verdict"]], "fair sentence": one["fair"]} for one in own]
    return stacked_table(pd.DataFrame(rows), "Claims of your own")


def _is_answer(held, also: frozenset | set = frozenset()) -> bool:
    """Whether something has a verdict that is offered and words, and beside them nothing but `also`."""
    return (isinstance(held, dict) and set(held) == {"verdict", "fair", *also} and isinstance(held["fair"], str)
            and held["verdict"] in {"", *CHOICES}
            and all(isinstance(held[key], str) for key in also if key != "first"))


def trace_claims(name: str, claims: list[str] | None = None) -> TraceClaims:
    """Trace claims to their sources.

    Parameters
    ----------
    name : str
        The activity's name, such as `m03-a7-claims`.
    claims : list of str, optional
        Which claims of the package `claims`, such as `["C01", "C02"]`; by default a first set of eight.

    Raises
    ------
    CourseError
        If there is no such claim.
    """
    return reopened(_trace_claims(name, tuple(_chosen(claims)), here()))


# The lesson's word for the list of claims is the module's name too.
_chosen = claims.chosen


@cache
def _trace_claims(name: str, keys: tuple[str, ...], folder: Path) -> TraceClaims:
    """One activity for each name and folder, however often its cell is run."""
    return TraceClaims(name, keys, folder)
