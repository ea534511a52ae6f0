"""A question in a frame: from a leaf of the tree, or a question that is typed, to a sentence with all its parts.

What was typed is kept frame by frame, so that trying another frame costs nothing. The sentence follows the slots until
the learner changes a word of it; from then on it is theirs, and is built again only when they ask for it.
"""

import json
from functools import cache
from pathlib import Path

import pandas as pd
from traitlets import Dict, Float, Int, List, TraitError, Unicode, validate

from researchskills import _html, own_words
from researchskills.activity import Activity, here, reopened
from researchskills.questions import frame_sentence
from researchskills.questions.frames import FRAMES, MOST_WEEKS, Framed, weeks_of
from researchskills.questions.kinds import KINDS
from researchskills.questions.tree import Leaf
from researchskills.questions.tree_activity import chosen_of, leaves_of
from researchskills.store import LARGEST_FILE
from researchskills.tables import html_table

#: What is typed beside the slots; name of the trait → name of the field.
FIELDS = {
    "typed": "The question as it is now",
    "wording": "My question, as a sentence",
    "role": "My job",
    "data": "Records, people or figures I can get at",
}
#: Name of the field for the weeks.
WEEKS = "Weeks I have for it"

TASK = ("<p><strong>Frame a question</strong></p><p>Start from one question. Say what kind it is, choose a frame, and "
        "fill its slots in your own words. The sentence builds itself, and you can change every word of it.</p>")


class FrameQuestion(Activity):
    """A question in a frame.

    Parameters
    ----------
    name : str
        For example `m01-a2-question`.
    tree : str, optional
        Name of a problem tree in the same folder, whose leaves are offered.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    leaf : dict
        The leaf that was chosen, as it was then: `id`, `number`, `text`, `kind`; empty when none is.
    typed : str
        The question to start from, typed by the learner.
    kind, frame : str
        Keys of `KINDS` and `FRAMES`; empty until chosen.
    slots : dict
        Key of a frame → key of a slot → what was typed.
    wording : str
        The sentence as the learner changed it; empty while it follows the slots.
    replaced : list of str
        The learner's sentences that were built again, oldest first.
    role, data : str
        The learner's job, and what records, people or figures they can get at.
    weeks : float or None
        Weeks there are for it.
    """

    leaf = Dict().tag(saved=True)
    typed = Unicode("").tag(saved=True)
    kind = Unicode("").tag(saved=True)
    frame = Unicode("").tag(saved=True)
    slots = Dict().tag(saved=True)
    wording = Unicode("").tag(saved=True)
    replaced = List(Unicode()).tag(saved=True)
    role = Unicode("").tag(saved=True)
    data = Unicode("").tag(saved=True)
    weeks = Float(None, allow_none=True).tag(saved=True)
    #: Counts the sharper versions that came from another activity, so that an open panel can show them.
    sharpened = Int(0)

    def __init__(self, name: str, tree: str | None = None, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        self.tree = tree
        # Whether the leaf is there only because it was chosen in the tree: an answer that nobody has given here yet.
        self._preselected = False
        super().__init__(name, folder)

    @validate("leaf", "kind", "frame", "slots", "weeks")
    def _can_be_shown(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not _ALLOWED[name](value):
            raise TraitError(f"“{name}” cannot be like that")
        return value

    def reload(self) -> None:
        """Take over what is on disk; who has not begun yet starts from the leaf chosen in the tree."""
        super().reload()
        self.preselect()

    def _save_change(self, change) -> None:
        if self._restoring:
            return
        taken, self._preselected = self._preselected, False
        super()._save_change(change)
        if taken:
            # With the first thing that is kept, the leaf it was written for is kept as well.
            for name in {"leaf", "kind"} - {change["name"]}:
                super()._save_change({"name": name, "new": getattr(self, name)})

    # -- what happens ----------------------------------------------------------------------------

    def preselect(self) -> None:
        """Start from the leaf that was chosen in the tree, unless something was chosen or typed here."""
        if "leaf" in self._saved.state or any(self._saved.state.values()):
            self._preselected = False
            return
        meant = self.meant_leaf()
        if meant or self._preselected:
            # What was only taken over is no answer yet, so it is not saved.
            self._restoring = True
            self.choose_leaf(meant.id if meant else "")
            self._restoring, self._preselected = False, bool(self.leaf)

    def leaves(self) -> list[Leaf]:
        """The leaves of the tree as it is now; those without a text are left out."""
        return [one for one in leaves_of(self.tree, self.folder) if one.text.strip()] if self.tree else []

    def meant_leaf(self) -> Leaf | None:
        """The leaf with which the learner wants to go on, as they said in the tree."""
        return chosen_of(self.tree, self.folder) if self.tree else None

    def choose_leaf(self, leaf: str) -> None:
        """Start from a leaf of the tree, or with an empty id from a question that is typed."""
        found = next((one for one in self.leaves() if one.id == leaf), None)
        before = self.leaf
        self.leaf = found._asdict() if found else {}
        # A kind that the learner chose here stays; one that came with the leaf before goes with it.
        if found and found.kind in KINDS and self.kind in ("", before.get("kind")):
            self.kind = found.kind

    def changed_leaf(self) -> str:
        """What the chosen leaf says in the tree now, when that differs; empty when it does not, or it is gone."""
        if not self.leaf:
            return ""
        held = self.leaf["id"], self.leaf["text"]
        return next((one.text for one in self.leaves() if one.id == held[0] and one.text != held[1]), "")

    def keep(self, what: str, text: str) -> None:
        """Keep what was typed into one of `FIELDS`.

        Raises
        ------
        CourseError
            If it is too long, or could identify a person; what was kept before stays.
        """
        setattr(self, what, own_words.kept(text, FIELDS[what]))

    def fill(self, slot: str, text: str) -> None:
        """Fill a slot of the frame that is chosen.

        Raises
        ------
        CourseError
            As in `keep`.
        """
        words = own_words.kept(text, FRAMES[self.frame].slot(slot).label)
        self.slots = {**self.slots, self.frame: {**self.filled, slot: words}}

    def choose_frame(self, frame: str) -> None:
        """Change to a frame; slots for the same part of the question bring their words along."""
        if frame and frame != self.frame:
            slots = frame_sentence.carried(FRAMES[frame], self.slots, self.frame)
            if slots:
                self.slots = {**self.slots, frame: slots}
        self.frame = frame

    def set_weeks(self, text: str) -> None:
        """Keep the weeks there are, from what was typed.

        Raises
        ------
        CourseError
            If it is no number of weeks.
        """
        self.weeks = weeks_of(text)

    def sharpen(self, question: Framed) -> str:
        """Make a sharper version the question from here on; the wording before it stays among the earlier ones.

        Parameters
        ----------
        question : Framed
            As another activity has it. Of role, data and weeks, what it does not say stays as it is here.

        Returns
        -------
        str
            The wording that it replaced; empty when there was none, or the same.
        """
        before = self.wording or self.built
        text = question.text or frame_sentence.build(question.frame, question.slots, question.kind)
        before = "" if before == text else before
        if before:
            # First of all, so that nothing is lost should a later step fail.
            self.replaced = [*self.replaced, before]
        self.kind = question.kind or self.kind
        if question.frame:
            self.slots = {**self.slots, question.frame: dict(question.slots)}
            self.frame = question.frame
        self.wording = "" if text == self.built else text
        self.role, self.data = question.role or self.role, question.data or self.data
        self.weeks = self.weeks if question.weeks is None else question.weeks
        self.sharpened += 1
        return before

    def build_again(self) -> None:
        """Let the sentence follow the slots once more; the learner's own wording is kept."""
        if self.wording:
            self.replaced = [*self.replaced, self.wording]
            self.wording = ""

    def bring_back(self) -> None:
        """Take the learner's own wording again, the last one that was built anew."""
        if self.replaced:
            *self.replaced, self.wording = self.replaced

    # -- what there is ---------------------------------------------------------------------------

    @property
    def start(self) -> str:
        """The question to start from: the leaf, or what was typed."""
        return str(self.leaf.get("text", "")) or self.typed.strip()

    @property
    def filled(self) -> dict[str, str]:
        """Key of a slot of the chosen frame → what was typed."""
        return dict(self.slots.get(self.frame, {}))

    @property
    def built(self) -> str:
        """The sentence that the slots make; empty when there is none."""
        return frame_sentence.build(self.frame, self.filled, self.kind) if self.frame else ""

    @property
    def framed(self) -> Framed:
        """The question, as checks and other activities use it."""
        return _framed({name: getattr(self, name) for name in self.saved_traits()})

    def still_empty(self) -> str:
        """Which slots are empty, in a sentence."""
        if not self.frame:
            return ""
        needed, others = frame_sentence.empty(self.frame, self.filled)
        told = [f"Still empty: {', '.join(one.label for one in needed)}."] if needed else \
            ["Every slot that the sentence needs is filled."]
        if others:
            told.append(f"Also empty, if you want it: {', '.join(one.label for one in others)}.")
        return " ".join(told)

    def headline(self) -> str:
        """The question as it stands now; empty when there is none."""
        return "" if self._preselected else self.framed.text

    def shown(self) -> str:
        """The sentence, with its kind and frame."""
        if self._preselected:
            return ""
        text = self.framed.text
        about = [KINDS[self.kind].name.rstrip("?") if self.kind else "", FRAMES[self.frame].name if self.frame else ""]
        told = f"{text} ({'; '.join(filter(None, about))})" if text and any(about) else text
        return told or "; ".join(filter(None, [self.role, self.data]))

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """Question, kind, frame, slots, sentence."""
        from researchskills.questions.frame_panel import Panel

        return Panel(self).widget

    # -- as a page -------------------------------------------------------------------------------

    def contribution(self) -> str:
        """The question, its parts, and what there is for it."""
        if self._preselected:
            return ""
        parts = [f"<p><strong>{_html.escape(self.framed.text)}</strong></p>"] if self.framed.text else []
        if self.kind:
            parts.append(f"<p>Kind of question: {_html.escape(KINDS[self.kind].name)} "
                         f"{_html.escape(KINDS[self.kind].answered_by)}</p>")
        return "".join([*parts, self._slots_html(), self._means_html()])

    def report(self) -> str:
        """From the question at the start to the sentence."""
        parts = [TASK]
        if self.start:
            parts.append(f"<p><strong>Started from</strong></p>{_html.plain(self.start)}")
        if self.kind:
            parts.append(f"<p><strong>Kind of question</strong></p><p>{_html.escape(KINDS[self.kind].name)}</p>")
        parts.append(self._slots_html())
        if self.frame:
            parts.append(f"<p>{_html.escape(self.still_empty())}</p>")
        if self.wording or self.built:
            own = "in your own wording" if self.wording else "as the slots make it"
            parts.append(f"<p><strong>The question, {own}</strong></p>{_html.plain(self.framed.text)}")
        if self.replaced:
            items = "".join(f"<li>{_html.escape(one)}</li>" for one in self.replaced)
            parts.append(f"<p>Earlier wordings of yours:</p><ul>{items}</ul>")
        parts.append(self._means_html())
        if not any(parts[1:]):
            parts.append("<p>Nothing has been written yet.</p>")
        return (f'<section class="rs-report" aria-label="Frame a question">{"".join(parts)}{self.notice_html()}'
                "</section>")

    def _slots_html(self) -> str:
        if not self.frame or not any(self.filled.values()):
            return ""
        frame = FRAMES[self.frame]
        rows = [(one.label, frame_sentence.tidy(self.filled.get(one.key, "")) or "still empty") for one in frame.slots]
        table = pd.DataFrame(rows, columns=["part", "in my words"])
        return html_table(table, f"The question in the frame {frame.name}")

    def _means_html(self) -> str:
        weeks = "" if self.weeks is None else f"{self.weeks:g}"
        rows = [(FIELDS["role"], self.role), (FIELDS["data"], self.data), (WEEKS, weeks)]
        rows = [row for row in rows if row[1].strip()]
        return html_table(pd.DataFrame(rows, columns=["what", "in my words"]), "What there is for it") if rows else ""


def frame_question(name: str, tree: str | None = None) -> FrameQuestion:
    """Put a question into a frame.

    Parameters
    ----------
    name : str
        The activity's name, such as `m01-a2-question`.
    tree : str, optional
        Name of a problem tree in the same folder; its leaves are offered as questions to start from.
    """
    one = frame_of(name, here())
    one.tree = tree or one.tree
    return reopened(one)


def frame_of(name: str, folder: Path) -> FrameQuestion:
    """The activity in which a question was framed, the same object as in the learner's notebook.

    Parameters
    ----------
    name : str
        Name of a `frame_question` activity.
    folder : pathlib.Path
        The notebook's folder.
    """
    return reopened(_question(name, Path(folder).resolve()))


def framed_of(name: str, folder: Path) -> Framed | None:
    """The question that a learner framed, read without touching their file.

    Parameters
    ----------
    name : str
        Name of a `frame_question` activity.
    folder : pathlib.Path
        The notebook's folder.

    Returns
    -------
    Framed or None
        None when nothing was framed there, or the file cannot be used.
    """
    path = Path(folder) / "answers" / f"{name}.json"
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None
        held = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    state = held.get("state") if isinstance(held, dict) and held.get("activity") == FrameQuestion.__name__ else None
    if not isinstance(state, dict):
        return None
    usable = {key: value for key, value in state.items()
              if (key in _ALLOWED and _ALLOWED[key](value)) or (key in FIELDS and isinstance(value, str))}
    framed = _framed(usable)
    return framed if framed.text or framed.slots else None


def _framed(state: dict) -> Framed:
    frame, kind = state.get("frame", ""), state.get("kind", "")
    slots = dict(state.get("slots", {}).get(frame, {}))
    start = str(state.get("leaf", {}).get("text", "")) or state.get("typed", "")
    text = state.get("wording", "") or (frame_sentence.build(frame, slots, kind) if frame else "") or start
    tidied = {key: words for key, held in slots.items() if (words := frame_sentence.tidy(held))}
    return Framed(" ".join(text.split()), kind, frame, tidied, state.get("role", ""), state.get("data", ""),
                  state.get("weeks"))


def _texts(held: object, keys) -> bool:
    return isinstance(held, dict) and all(key in keys and isinstance(one, str) for key, one in held.items())


#: For each part of the state that could be damaged: whether a value can be shown.
_ALLOWED = {
    "leaf": lambda held: held == {} or (_texts(held, Leaf._fields) and len(held) == len(Leaf._fields)),
    "kind": lambda held: isinstance(held, str) and (held == "" or held in KINDS),
    "frame": lambda held: isinstance(held, str) and (held == "" or held in FRAMES),
    "slots": lambda held: isinstance(held, dict) and all(
        key in FRAMES and _texts(one, FRAMES[key].example) for key, one in held.items()),
    "weeks": lambda held: held is None or (isinstance(held, int | float) and 0 < held <= MOST_WEEKS),
}


# One object for each name and folder, however often its cell is run.
@cache
def _question(name: str, folder: Path) -> FrameQuestion:
    return FrameQuestion(name, folder=folder)
