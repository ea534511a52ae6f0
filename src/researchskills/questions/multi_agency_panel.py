"""The controls of the sheet for several agencies; what they do is in `multi_agency_activity`.

A column has eight fields and a sheet up to four columns, so one is shown at a time. Fields are never replaced: choosing
another column or outcome fills them anew, and what could not be kept waits for whoever comes back to it.
"""

from researchskills import _html
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.own_words import field
from researchskills.panel_parts import PART, alert, show_if, status, with_heading
from researchskills.questions import multi_agency as sheets
from researchskills.questions.multi_agency import (
    AWAY,
    CHOSEN_BY,
    COLUMN,
    DECIDES,
    FEWEST,
    MOST,
    MOST_OUTCOMES,
    USE_THEIRS,
)
from researchskills.questions.multi_agency_activity import TASK, pointers_html

_COLUMNS = ("<p><strong>Each agency’s column</strong></p><p>The first is yours. What you write about another agency is "
            "what you believe; further down is a form with which it answers for itself.</p>")
_OUTCOMES = ("<p><strong>Shared outcomes</strong></p><p>What would count as better for all? At least one should be "
             "chosen by people who use the service.</p>")
_DECIDING = ("<p><strong>Who decides, and who is not at the table</strong></p><p>Roles, never names of people.</p>")
_PARTNERS = ("<p><strong>Your partners answer for themselves</strong></p><p>Send a form; put what comes back beside "
             "your own words. Nothing is mixed, and nothing of yours is replaced.</p>")


def panel_of(activity):
    """The question, the columns one at a time, outcomes, decisions, files for and from partners, and the sheet."""
    from ipywidgets import HTML, Textarea, VBox

    notice, said = HTML(activity.notice_html()), HTML()
    activity.observe(lambda _: setattr(notice, "value", activity.notice_html()), names="notice")
    question = field(Textarea, "The question that the agencies share", activity.question,
                     lambda text: setattr(activity, "question", text), said, rows=2)
    return VBox([HTML(with_heading(TASK)), question, said, *_offered(activity, question),
                 *_columns(activity), *_shared(activity), *_deciding(activity), *_partners(activity),
                 *_summing(activity), notice])


def _offered(activity, question) -> list:
    """The question of the frame, to be taken over; what stands here already gives way only when asked twice."""
    from ipywidgets import HTML, Button

    take, told = Button(description="Take my question from the frame"), HTML()
    # What the learner was asked about: the words here, and those of the frame.
    asked = []

    def taken() -> str:
        framed, here = activity.framed(), question.value.strip()
        if not framed:
            raise CourseError("There is no question in the activity with the frames yet. Write one there first, or "
                              "type it here. Nothing was changed.")
        if framed == here:
            return "It is the same as here already."
        if here and asked != [here, framed]:
            asked[:] = here, framed
            return (f"Here stands already: “{here}” In the frame it is: “{framed}” To put that in its place, choose "
                    "the button once more. Nothing was changed yet.")
        question.value = framed
        if activity.question != framed:
            raise CourseError("It could not be taken over; the reason stands beside the question.")
        return f"The question is now: “{framed}”" + (f" Before, it was: “{here}”" if here else "")

    take.on_click(lambda _: _attempt(told, taken))
    framed = activity.framed()
    if framed and framed != activity.question:
        told.value = status(f"In the activity with the frames your question is: “{framed}”")
    return [take, told] if activity.source else []


def _columns(activity) -> list:
    from ipywidgets import HTML, Dropdown, Textarea

    many = Dropdown(options=[(str(number), number) for number in range(FEWEST, MOST + 1)], value=activity.how_many,
                    description="How many agencies")
    many.observe(lambda change: setattr(activity, "how_many", change["new"]), names="value")
    column = _Fields("Whose column", {key: (Textarea, words, {"rows": 2}) for key, words in COLUMN.items()},
                     activity.mine, activity.write)

    def name_them(*_):
        column.offer([(f"{number}. {name}{' (mine)' if number == 1 else ''}", number - 1)
                      for number, name in enumerate(sheets.names(activity.mine()), 1)])

    name_them()
    activity.observe(name_them, names=["agencies", "how_many"])
    more = HTML(f"<details><summary>Whose data: where to read on</summary>{pointers_html()}</details>")
    return [HTML(with_heading(_COLUMNS, PART)), many, *column.widgets, more]


def _shared(activity) -> list:
    from ipywidgets import HTML, Dropdown, Textarea

    told = HTML()
    chosen_by = [("Not said yet", ""), *((words, key) for key, words in CHOSEN_BY.items())]
    outcome = _Fields("Which outcome", {
        "text": (Textarea, "The outcome: what would be better, and who would notice?", {"rows": 2}),
        "by": (Dropdown, "Who chose this outcome", {"options": chosen_by}),
        "how": (Textarea, "How they chose it: when, where, asked by whom", {"rows": 2}),
    }, lambda: activity.outcomes, activity.write_outcome)

    def draw(*_):
        words = [*(one.get("text", "") for one in activity.outcomes), *[""] * MOST_OUTCOMES][:MOST_OUTCOMES]
        outcome.offer([(f"{number}. {one or 'nothing yet'}", number - 1) for number, one in enumerate(words, 1)])
        # That there is none stands among the gaps of the sheet, once.
        many = sheets.chosen_by_people(activity.outcomes)
        told.value = status(f"{number_of(many, 'outcome')} chosen by people who use the service.") if many else ""

    draw()
    activity.observe(draw, names="outcomes")
    return [HTML(with_heading(_OUTCOMES, PART)), *outcome.widgets, told]


def _deciding(activity) -> list:
    from ipywidgets import HTML, Textarea

    said = HTML()

    def asked(trait: str, key: str, words: str):
        return field(Textarea, words, getattr(activity, trait).get(key, ""),
                     lambda text: setattr(activity, trait, {**getattr(activity, trait), key: text}), said, rows=2)

    return [HTML(with_heading(_DECIDING, PART)), *(asked("decides", key, words) for key, words in DECIDES.items()),
            *(asked("away", key, words) for key, words in AWAY.items()), said]


def _partners(activity) -> list:
    from ipywidgets import HTML, Button, Checkbox, Dropdown, FileUpload

    which = Dropdown(description="Which partner agency")
    form, own = Button(description="Save a form for this partner"), Button(description="Save my own column")
    upload = FileUpload(accept=".csv,.txt", multiple=False, description="A partner’s file")
    take, told, beside = Button(description="Put it beside my words"), HTML(), HTML()
    use = Checkbox(indent=False, description=USE_THEIRS)

    def draw(*_):
        _offer(which, [(f"{number}. {name}", number - 1)
                       for number, name in enumerate(sheets.names(activity.mine()), 1) if number > 1], draw)
        held = activity.theirs.get(str(which.value))
        beside.value = activity.beside_html(which.value)
        show_if(use, held is not None)
        # Showing what is kept is no decision of the learner.
        use.unobserve(used, names="value")
        use.value = held is not None and held["use"] == "yes"
        use.observe(used, names="value")

    def used(change):
        activity.use_theirs(which.value, change["new"])

    def taken():
        if not upload.value:
            raise CourseError("Choose the file that your partner sent first.")
        [file] = upload.value
        return activity.take(which.value, file["name"], bytes(file["content"]))

    def save_form():
        return (f"{_saved(activity.export(which.value))} Send it to your partner, who fills it in a spreadsheet and "
                "sends it back. What you wrote about them is not in it.")

    def save_own():
        return f"{_saved(activity.export(0))} Send it to a partner who does this course too."

    use.observe(used, names="value")
    which.observe(draw, names="value")
    activity.observe(draw, names=["theirs", "agencies", "how_many"])
    for button, act in ((form, save_form), (own, save_own), (take, taken)):
        button.on_click(lambda _, act=act: _attempt(told, act))
    draw()
    return [HTML(with_heading(_PARTNERS, PART)), which, form, own, upload, take, told, beside, use]


def _summing(activity) -> list:
    from ipywidgets import HTML, Button

    shown, told = HTML(), HTML()
    save = Button(description="Save the sheet as a web page")

    def draw(*_):
        shown.value = activity.contribution()

    draw()
    activity.observe(draw, names=activity.saved_traits())
    save.on_click(lambda _: _attempt(told, lambda: _saved(activity.save_page())))
    return [HTML(with_heading("<p><strong>The sheet</strong></p>", PART)), shown, save, told]


def _saved(path) -> str:
    return f"Saved as “{path.name}” in the folder “{path.parent}”."


def _attempt(told, act) -> None:
    """Do something that may fail, and say in `told` what came of it."""
    # A sentence that comes a second time is announced only when the place was empty in between.
    told.value = ""
    try:
        words = act()
    except CourseError as problem:
        words = str(problem)
    told.value = alert(f"<p>{_html.escape(words)}</p>")


def _offer(chooser, options: list[tuple[str, int]], follow) -> None:
    """Renew what a list offers; what was chosen stays chosen, and `follow` runs only when it cannot.

    New options choose the first one for a moment. Fields that followed would overwrite what somebody is typing.
    """
    if tuple(options) == tuple(chooser.options):
        return
    before = chooser.value
    chooser.unobserve(follow, names="value")
    chooser.options = options
    chooser.value = before if before in dict(options).values() else options[0][1]
    chooser.observe(follow, names="value")
    if chooser.value != before:
        follow({"old": before, "new": chooser.value})


class _Fields:
    """A list of entries, and fields for the one that is chosen in it.

    Parameters
    ----------
    what : str
        Name of the list.
    wanted : dict
        Key → kind of control, its name, and options for it.
    held, keep : callable
        Gives the entries; keeps a place, a key and its words.
    """

    def __init__(self, what: str, wanted: dict, held, keep):
        from ipywidgets import HTML, Dropdown

        self.held, self.keep = held, keep
        self.chooser, self.said = Dropdown(description=what), HTML()
        # What could not be kept, by place and key: it must not be lost when another entry is looked at.
        self.refused: dict[tuple[int, str], str] = {}
        self.fields = {}
        for key, (kind, words, options) in wanted.items():
            if kind is Dropdown:
                self.fields[key] = kind(description=words, **options)
                self.fields[key].observe(lambda change, key=key: self._put(key, change["new"]), names="value")
            else:
                self.fields[key] = field(kind, words, "", lambda text, key=key: self._put(key, text), self.said,
                                         **options)
        self.chooser.observe(self._load, names="value")

    @property
    def widgets(self) -> list:
        """The list, the fields, and where it is said why something was not kept."""
        return [self.chooser, *self.fields.values(), self.said]

    def offer(self, options: list[tuple[str, int]]) -> None:
        """Renew the words of the list."""
        _offer(self.chooser, options, self._load)

    def _at(self, place: int, key: str) -> str:
        entries = self.held()
        return entries[place].get(key, "") if place < len(entries) else ""

    def _put(self, key: str, words: str) -> None:
        # Filling the fields for another entry is no change to it.
        if words != self._at(self.chooser.value, key):
            self.keep(self.chooser.value, key, words)

    def _load(self, change) -> None:
        for key, control in self.fields.items():
            left = (change["old"], key)
            self.refused.pop(left, None)
            if change["old"] is not None and control.value.strip() != self._at(*left):
                self.refused[left] = control.value
        self.said.value = ""
        troubles = []
        for key, control in self.fields.items():
            control.value = self.refused.get((change["new"], key), self._at(change["new"], key))
            troubles.append(self.said.value)
        self.said.value = next(filter(None, troubles), "")
