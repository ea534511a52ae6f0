"""What the marking page answers.

Every page is made here and works without script. A form that was sent is answered by going on to the next page, so
that loading again never sends it twice; what cannot be saved comes back with everything that was typed. Addresses
name questions and answers by ids that tell nothing about learners.
"""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web

from researchskills import _html, web_page
from researchskills._words import number_of
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking.desk import ChangedError, Desk, Mark
from researchskills.marking.feedback_page import in_full
from researchskills.marking.kept import LONGEST_NAME, marker_name
from researchskills.marking.review.about_desk import comment_words, next_steps
from researchskills.marking.review.clean import shown
from researchskills.marking.review.entry import Entry, Fault, PointsEntry, revision
from researchskills.marking.review.page import FormPage, Newest, Outcome, Page
from researchskills.marking.review.queue import Item, NotThereError, Queue
from researchskills.marking.review.reviewing import Reviewing
from researchskills.marking.review.stems import STEMS
from researchskills.marking.room_desk import Automatic, LearnerRow

_STATIC = Path(__file__).parent / "static"


class NowhereHandler(Page):
    """All addresses that lead nowhere."""

    @web.authenticated
    def get(self, *_) -> None:
        """Say so."""
        raise web.HTTPError(404)

    post = put = delete = patch = head = options = get


class OverviewHandler(Page):
    """Questions and learners: how much is marked, and what comes next."""

    @web.authenticated
    async def get(self) -> None:
        """The first page."""
        if "token" in self.request.query_arguments:
            # The browser knows it now; on the screen, in its history and in a picture of it, it need not stand.
            self.redirect("/")
            return
        queue = await self.work.do(self.work.queue)
        summary = await self.work.do(self.work.desk.summary)
        learners = await self.work.do(lambda: queue.learners)
        following = queue.next_unmarked()
        self.show(
            "overview.html",
            queue=queue,
            learners=learners,
            summary=shown(summary),
            following=following,
            steps=[] if following or not queue.items else next_steps(self.work.desk),
        )


class QuestionHandler(Page):
    """The answers to one question."""

    @web.authenticated
    async def get(self, question: str) -> None:
        """A table of them."""
        queue = await self.work.do(self.work.queue)
        items = queue.of_question(question)
        self.show("queue.html", queue=queue, title=queue.questions[question].title, items=items)


class LearnerHandler(Page):
    """What one learner handed in."""

    @web.authenticated
    async def get(self, learner: str) -> None:
        """Answers that mentors mark, what the course marked, and what was met on the way."""
        found = await self.work.do(self.work.learner, learner)
        queue = await self.work.do(self.work.queue)
        automatic = await self.work.do(self.work.desk.automatic, learner)
        reasons = {one.id: shown(one.why) for one in automatic}
        items = queue.of_learner(learner)
        self.show("learner.html", queue=queue, learner=found, items=items, automatic=automatic, reasons=reasons)


class MarkHandler(FormPage):
    """One answer beside the rubric."""

    kind = "mark"

    @property
    def stays(self) -> bool:
        """Whether a saved answer is shown again, because there is more to say about it."""
        return getattr(self.work.desk, "tells_after_saving", False)

    @property
    def by_learner(self) -> bool:
        """Whether the queue runs through the answers of one learner."""
        return self.get_query_argument("by", "") == "learner"

    @web.authenticated
    async def get(self, question: str, script: str) -> None:
        """The answer, and the form with the mark that counts or with what was typed last."""
        queue = await self.work.do(self.work.queue)
        if await self.work.do(queue.is_replaced, question, script):
            self.replaced(queue, question, script)
            return
        item = queue.find(question, script)
        if not self.marker:
            self.redirect(f"/marker?next={quote(self.request.uri)}")
            return
        entry, is_draft = self.entry(item)
        await self.answer(queue, item, entry, Outcome(), is_draft)

    @web.authenticated
    async def post(self, question: str, script: str) -> None:
        """Save a mark."""
        queue = await self.work.do(self.work.queue)
        if await self.work.do(queue.is_replaced, question, script):
            self.replaced(queue, question, script)
            return
        item = queue.find(question, script)
        rubric, desk = _rubric(item.question), self.work.desk
        entry = Entry.of_form(self.value, rubric)
        if self.value("action") == "carry":
            # The answer that it was typed for is back; the form shows it.
            self.keep_draft(question, script)
            self.redirect(self._address(item))
            return
        if self.value("action") == "theirs":
            self.drop_draft(question, script)
            self.go_on(self._address(item), "The other mark stands. Yours was not recorded.")
            return
        newer = self.sent_again(question, script)
        if newer:
            typed = Entry.of_form(lambda name: newer.get(name, ""), rubric)
            came = self.shown_again(typed, entry, item.mark)
            await self.answer(queue, item, typed, came, not came.is_changed)
            return
        faults = entry.faults(rubric, desk.needs_reason)
        if not self.marker:
            faults.insert(
                0, Fault("change-marker", "Say who marks first, in another window: what you typed stays here.")
            )
        if faults:
            self.set_status(400)
            came = Outcome(faults=faults)
        else:
            came = await self.saving(_record, desk, item, entry.mark(rubric, self.marker), entry.seen)
        if came.result is None:
            if came.is_changed:
                entry.seen = came.theirs.revision if came.theirs else 0
            self.keep_draft(question, script, entry.seen)
            await self.answer(queue, item, entry, came)
            return
        self.drop_draft(question, script)
        saved = f"Saved: {item.script.label}, {came.result.points} of {item.question.points:g} points."
        following = await self.work.do(queue.next_unmarked, item, self.by_learner)
        if self.value("action") == "stay" or self.stays:
            self.go_on(self._address(item), saved if following else f"{saved} Everything is marked.")
        elif following:
            is_same = following.question is item.question
            now = following.script.label if is_same else f"{following.script.label} to “{following.question.title}”"
            self.go_on(self._address(following), f"{saved} This is {now}.")
        else:
            self.go_on("/", f"{saved} Everything is marked.")

    def entry(self, item: Item) -> tuple[Entry, bool]:
        """What stands in the form of an answer, and whether it is only a draft."""
        rubric = _rubric(item.question)
        begun = item.mark or getattr(self.work.desk, "begun", lambda *_: None)(item.question.id, item.script.id)
        marked, typed = Entry.of_mark(begun, rubric), self.draft(item.question.id, item.script.id)
        draft = Entry.of_form(lambda name: typed.get(name, ""), rubric) if typed else marked
        is_draft = not draft.says_the_same(marked)
        return (draft if is_draft else marked), is_draft

    def replaced(self, queue: Queue, question: str, script: str) -> None:
        """Say that there is another text now, and keep what was typed for the one before."""
        asked, item = queue.questions[question], queue.newest(question, script)
        if item:
            new = Newest(item.script.id, self._address(item), shown(item.script.html))
        else:
            new = Newest("", f"/learner/{script.partition('-')[0]}", "")
        if self.request.method == "POST" and self.value("action") == "carry" and item:
            self.carry(question, script, new, "comment", self.entry(item)[0].as_form())
            return
        criteria = [(f"level-{number}", row["criterion"]) for number, row in enumerate(_rubric(asked))]
        self.show_replaced(asked, script, new, "comment", criteria)

    async def answer(self, queue: Queue, item: Item, entry: Entry, came: Outcome, is_draft: bool = False) -> None:
        """The page, with what stands in its form and what there is to say about it."""
        along = queue.along(item, self.by_learner)
        place = along.index(item)
        desk, question, mark = self.work.desk, item.question, item.mark
        beside = await self.work.do(desk.beside, question.id, item.script.id)
        self.show(
            "mark.html",
            item=item,
            question=question,
            prompt=_html.markdown(question.prompt),
            example=question.mark_scheme.get("example", ""),
            answer=shown(item.script.html),
            beside=shown(self.nameless(beside, item.script.writer, "the learner")),
            criteria=await self.work.do(_criteria, self.work, item),
            entry=entry,
            came=came,
            is_draft=is_draft,
            is_behind=is_draft and entry.seen != (mark.revision if mark else 0),
            stays=self.stays,
            tells=self.stays and mark is not None,
            stems=STEMS,
            comment_words=comment_words(desk),
            by="?by=learner" if self.by_learner else "",
            by_learner=self.by_learner,
            position=place + 1,
            total=len(along),
            left=sum(one.mark is None for one in along),
            before=along[place - 1] if place else None,
            after=along[place + 1] if place + 1 < len(along) else None,
            following=await self.work.do(queue.next_unmarked, item, self.by_learner),
            learner=item.learner if queue.knows_learners else "",
        )

    def _address(self, item: Item) -> str:
        return f"/mark/{item.path}{'?by=learner' if self.by_learner else ''}"


class CourseHandler(FormPage):
    """One answer that the course marked: why it has its points, and a form to give others."""

    kind = "course"

    @web.authenticated
    async def get(self, question: str, answer: str) -> None:
        """The answer and the form."""
        try:
            learner, one = await self.work.do(self.work.automatic, question, answer)
        except NotThereError:
            await self.replaced(question, answer)
            return
        if not self.marker:
            self.redirect(f"/marker?next={quote(self.request.uri)}")
            return
        entry, is_draft = self.entry(one)
        self.answer(learner, one, entry, Outcome(), is_draft)

    @web.authenticated
    async def post(self, question: str, answer: str) -> None:
        """Give other points."""
        try:
            learner, one = await self.work.do(self.work.automatic, question, answer)
        except NotThereError:
            await self.replaced(question, answer)
            return
        entry = PointsEntry.of_form(self.value)
        address = f"/course/{question}/{answer}"
        if self.value("action") == "carry":
            # The answer that it was typed for is back; the form shows it.
            self.keep_draft(question, answer)
            self.redirect(address)
            return
        if self.value("action") == "theirs":
            self.drop_draft(question, answer)
            self.go_on(address, "The other points stand. Yours were not recorded.")
            return
        newer = self.sent_again(question, answer)
        if newer:
            typed = PointsEntry.of_form(lambda name: newer.get(name, ""))
            came = self.shown_again(typed, entry, one.override)
            self.answer(learner, one, typed, came, not came.is_changed)
            return
        faults = entry.faults(one.question)
        if not self.marker:
            faults.insert(
                0, Fault("change-marker", "Say who marks first, in another window: what you typed stays here.")
            )
        if faults:
            self.set_status(400)
            came = Outcome(faults=faults)
        else:
            given = (question, answer, entry.number, entry.reason.strip(), self.marker, entry.seen)
            came = await self.saving(self.work.desk.override, *given)
        if came.result is None:
            if came.is_changed:
                entry.seen = came.theirs.revision if came.theirs else 0
            self.keep_draft(question, answer, entry.seen)
            self.answer(learner, one, entry, came)
            return
        self.drop_draft(question, answer)
        points = f"{came.result.points:g} of {one.question.points:g} points"
        self.go_on(address, f"Saved: {one.question.title}, {points}, in place of the course’s.")

    def entry(self, one: Automatic) -> tuple[PointsEntry, bool]:
        """What stands in the form of an answer, and whether it is only a draft."""
        given, typed = PointsEntry.of_override(one.override), self.draft(one.question.id, one.id)
        draft = PointsEntry.of_form(lambda name: typed.get(name, "")) if typed else given
        is_draft = not draft.says_the_same(given)
        return (draft if is_draft else given), is_draft

    async def replaced(self, question: str, answer: str) -> None:
        """Say that there is another answer now, and keep what was typed for the one before."""
        _, one = await self.work.do(self.work.newest_automatic, question, answer)
        new = Newest(one.id, f"/course/{question}/{one.id}", shown(one.html))
        if self.request.method == "POST" and self.value("action") == "carry":
            self.carry(question, answer, new, "reason", self.entry(one)[0].as_form())
            return
        self.show_replaced(one.question, answer, new, "reason", [("points", "Points")])

    def answer(
        self, learner: LearnerRow, one: Automatic, entry: PointsEntry, came: Outcome, is_draft: bool = False
    ) -> None:
        """The page."""
        self.show(
            "course.html",
            learner=learner,
            one=one,
            question=one.question,
            prompt=_html.markdown(one.question.prompt),
            answer=shown(one.html),
            why=shown(one.why),
            entry=entry,
            came=came,
            is_draft=is_draft,
            is_behind=is_draft and entry.seen != one.revision,
        )


class UndoHandler(FormPage):
    """Take the last mark back, or points that were given in place of the course's."""

    @web.authenticated
    async def post(self, kind: str, question: str, answer: str) -> None:
        """What was there before counts again."""
        self.kind, desk = kind, self.work.desk
        await self.work.know(kind, question, answer)
        if not self.marker or not self.value("seen"):
            raise web.HTTPError(400)
        undo = desk.undo if kind == "mark" else desk.undo_override
        came = await self.saving(undo, question, answer, self.marker, revision(self.value("seen")))
        again = came.result
        if came.is_changed:
            told = "Somebody else has changed this in the meantime, so nothing was taken back. Here it is now."
        elif came.faults:
            told = came.faults[0].sentence
        else:
            told = "Taken back. "
            if again:
                told += f"What was given before counts again: {number_of(again.points, 'point')}, by {again.marker}."
            else:
                told += "This answer has no mark now." if kind == "mark" else "The course’s points count again."
        by = "?by=learner" if self.get_query_argument("by", "") == "learner" else ""
        self.set_status(200)
        # What was typed and not saved has nothing to do with it, and stays.
        self.say(told)
        self.redirect(f"/{kind}/{question}/{answer}{by}")


class DraftHandler(FormPage):
    """What is being typed, sent by the page's script."""

    @web.authenticated
    async def post(self, kind: str, question: str, answer: str) -> None:
        """Keep it."""
        await self.work.know(kind, question, answer)
        if not self.marker:
            raise web.HTTPError(400)
        try:
            self.work.drafts.keep(self.marker, f"{kind}/{question}/{answer}", self.fields())
        except OSError:
            self.log.exception("a draft could not be kept")
            self.set_status(507)
        self.finish()


class NamesHandler(Page):
    """Names of learners, for this session."""

    @web.authenticated
    def post(self) -> None:
        """Show or hide them."""
        self.keep("names", "shown" if self.value("names") == "show" else "hidden")
        self.redirect(self.come_back_to())


class MarkerHandler(Page):
    """Who marks."""

    @web.authenticated
    def get(self) -> None:
        """Ask."""
        self.show("marker.html", typed=self.marker, fault="", next=self.get_query_argument("next", "/"))

    @web.authenticated
    def post(self) -> None:
        """Remember."""
        typed = " ".join(self.value("marker").split())
        try:
            marker_name(typed)
        except CourseError as problem:
            self.set_status(400)
            self.show("marker.html", typed=typed[:LONGEST_NAME], fault=str(problem), next=self.come_back_to())
            return
        self.remember_marker(typed)
        self.say(f"You are marking as {typed}.")
        self.redirect(self.come_back_to())


class AliveHandler(Page):
    """Whether the server is there."""

    @web.authenticated
    def get(self) -> None:
        """It is."""
        self.finish("yes")


class StyleHandler(Page):
    """The look of all pages, and of the one for who is not let in."""

    @allow_unauthenticated
    def get(self) -> None:
        """The course's own style, and what these pages add."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.finish(web_page._STYLE + (_STATIC / "review.css").read_text(encoding="utf-8"))


class ScriptHandler(Page):
    """Keys for levels, and drafts."""

    @web.authenticated
    def get(self) -> None:
        """The one script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish((_STATIC / "review.js").read_text(encoding="utf-8"))


_ID = r"([A-Za-z0-9._-]{1,100})"
PLACES = [
    (r"/", OverviewHandler),
    (rf"/question/{_ID}", QuestionHandler),
    (rf"/learner/{_ID}", LearnerHandler),
    (rf"/mark/{_ID}/{_ID}", MarkHandler),
    (rf"/course/{_ID}/{_ID}", CourseHandler),
    (rf"/undo/(mark|course)/{_ID}/{_ID}", UndoHandler),
    (rf"/draft/(mark|course)/{_ID}/{_ID}", DraftHandler),
    (r"/names", NamesHandler),
    (r"/marker", MarkerHandler),
    (r"/alive", AliveHandler),
    (r"/review\.css", StyleHandler),
    (r"/review\.js", ScriptHandler),
]


def _rubric(question: Question) -> list[dict]:
    return question.mark_scheme["rubric"]


def _record(desk: Desk, item: Item, mark: Mark, seen: int) -> Mark:
    try:
        return desk.record(item.question.id, item.script.id, mark, seen)
    except ChangedError as changed:
        theirs = changed.theirs
        # Who presses twice has changed nothing in the meantime.
        if theirs and replace(theirs, time="", revision=0) == replace(mark, time="", revision=0):
            return theirs
        raise


def _criteria(work: Reviewing, item: Item) -> list[dict]:
    """The rubric as the page shows it: each level in full, with examples."""
    question = item.question
    return [
        {
            "name": row["criterion"],
            "levels": [
                {
                    "words": in_full(row["levels"], level),
                    "examples": work.examples(question.id, row["criterion"], level),
                }
                for level in range(len(row["levels"]))
            ],
        }
        for row in _rubric(question)
    ]
