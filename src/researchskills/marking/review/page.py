"""What every page has in common: who is let in, what a browser may do with it, and how a form answers."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from researchskills._words import number_of
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking.desk import ChangedError
from researchskills.marking.review.clean import shown
from researchskills.marking.review.drafts import LARGEST
from researchskills.marking.review.entry import LONGEST, Entry, Fault, PointsEntry
from researchskills.marking.review.queue import NotThereError
from researchskills.marking.review.reviewing import Reviewing

#: Header by which a server of these pages says whose it is; secret it is not.
SIGN = "X-Course-Review"
#: For how long a browser remembers who marks in it.
DAYS = 180
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_NOT_LET_IN = (
    "This page opens only with the whole address that “course review” printed. Nothing was changed. "
    "Copy that address from the window where you started it."
)
_NOT_SAVED = (
    "The mark could not be saved, and no mark was changed. Everything you typed is still here: wait a moment and save "
    "again."
)
_SENTENCES = {
    400: "What was sent cannot be read. Nothing was changed. Go back, load the page again and try once more.",
    403: "This form did not come from the page, or your browser keeps no cookies for it. Nothing was changed. "
         "Go back, load the page again and send it once more.",
    404: "There is no page at this address. Nothing was changed. Go on from the overview.",
    500: "Something went wrong inside the course. What was saved before is untouched. "
         "Go back and try once more; if it happens again, tell your trainer.",
}  # fmt: skip


class Page(JupyterHandler):
    """Shared by all: who is there, and how to answer."""

    @property
    def content_security_policy(self) -> str:
        """One style and one script of our own; nothing else runs, and nothing is fetched."""
        return _POLICY

    def set_default_headers(self) -> None:
        """Nothing of this is kept by the browser, or told to anybody."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        # Another program may answer here one day: by this a page knows whether it is still the one that it came from.
        self.set_header(SIGN, self.settings["review_sign"])
        # Not “no-referrer”: browsers then hide where a form comes from, and it would be taken for another site’s.
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    @property
    def template_namespace(self) -> dict:
        """Only what forms need; Jupyter would hand the token to every page."""
        return {"xsrf_form_html": self.xsrf_form_html}

    def set_cors_headers(self) -> None:
        """No other site may read this, not even with the token."""

    async def prepare(self) -> None:
        """Who does not have the token gets a page that says so."""
        await super().prepare(_redirect_to_login=False)

    @property
    def work(self) -> Reviewing:
        """The desk and what belongs to it."""
        return self.settings["reviewing"]

    @property
    def marker(self) -> str:
        """Who marks in this browser; empty as long as nobody has said."""
        # Some desks are one person's: a practice, a second marking.
        settled = getattr(self.work.desk, "marker", "")
        started_as, _, said = self._kept("marker").partition("\n")
        # A name from another day gives way to one that the page was started with.
        return settled or (said if started_as == self.work.marker else "") or self.work.marker

    def remember_marker(self, name: str) -> None:
        """Who marks in this browser, as long as the page is started in the same way."""
        self.keep("marker", f"{self.work.marker}\n{name}", days=DAYS)

    @property
    def shows_names(self) -> bool:
        """Whether somebody asked for names in this session."""
        return self._kept("names") == "shown"

    def value(self, name: str) -> str:
        """A field of the form, as it was typed; empty when there is none."""
        # Browsers send line ends as Windows writes them.
        return self.get_body_argument(name, "", strip=False).replace("\r\n", "\n")

    def keep(self, name: str, value: str, days: int | None = None) -> None:
        """Remember something in this browser, signed so that nobody makes it up."""
        self.set_signed_cookie(self._cookie(name), quote(value), expires_days=days, httponly=True, samesite="Strict")

    def say(self, sentence: str, page: str = "") -> None:
        """Something for the next page to say first; `page` names the one whose content is taken care of."""
        self.keep("said", json.dumps([sentence, page]))

    def go_on(self, address: str, sentence: str) -> None:
        """Go to the next page, which says first what came of this one."""
        self.say(sentence, self.value("page"))
        self.redirect(address)

    def fields(self) -> dict[str, str]:
        """Everything that was typed into a form.

        Raises
        ------
        tornado.web.HTTPError
            If it is far more than anybody would type.
        """
        names = [name for name in self.request.body_arguments if name not in ("_xsrf", "action")]
        typed = {name: self.value(name) for name in names[:100]}
        if len(names) > 100 or sum(map(len, typed.values())) > LARGEST:
            raise web.HTTPError(400)
        return typed

    def nameless(self, text: str, writer: str, label: str) -> str:
        """The text without a learner's code, as long as nobody asked for names."""
        return text if self.shows_names or not writer else text.replace(writer, label)

    def come_back_to(self) -> str:
        """Where a form wants to go on; only ever a page of ours."""
        place = self.value("next")
        # Two slashes, or one of either kind, would lead a browser to another site.
        return place if re.fullmatch(r"/([\w.?=&%-][\w./?=&%-]*)?", place, re.ASCII) else "/"

    def show(self, template: str, **named) -> None:
        """Answer with a page."""
        said, done = self._said()
        if self.request.method == "POST":
            # What was sent is on this page; the browser need not put it back from its own memory.
            done = self.value("page")
        queue = named.get("queue")
        self.finish(
            self.render_template(
                template,
                desk=self.work.desk,
                marker=self.marker,
                shows_names=self.shows_names,
                here=self.request.uri,
                said=said,
                done=done,
                number_of=number_of,
                has_names=bool(
                    (queue and (queue.knows_learners or any(item.script.writer for item in queue.items)))
                    or named.get("learner")
                    or ("item" in named and named["item"].script.writer)
                ),
                came_from=self.fingerprint() if "came" in named and self.request.method == "POST" else "",
                marks_once=getattr(self.work.desk, "marks_once", False),
                is_settled=bool(getattr(self.work.desk, "marker", "")),
                page=secrets.token_hex(8),
                sign=self.settings["review_sign"],
                longest=LONGEST,
                nameless=self.nameless,
                **named,
            )
        )

    def write_error(self, status_code: int, **kwargs) -> None:
        """One sentence on a plain page."""
        problem = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(problem, NotThereError):
            self.set_status(404)
            sentence = str(problem)
        elif isinstance(problem, CourseError):
            self.set_status(409)
            sentence = str(problem)
        elif status_code == 405:
            self.set_status(404)
            sentence = "This address only takes what a form sends. Nothing was changed. Go on from the overview."
        elif status_code == 403 and getattr(self, "current_user", None) is None:
            sentence = _NOT_LET_IN
        else:
            sentence = _SENTENCES.get(status_code, _SENTENCES[500])
        self.finish(self.render_template("problem.html", sentence=sentence, let_in=bool(self.current_user)))

    def log_exception(self, kind, value, trace) -> None:
        """A sentence for people is no fault of the program."""
        if not isinstance(value, CourseError):
            super().log_exception(kind, value, trace)

    def _cookie(self, name: str) -> str:
        # Cookies know no ports.
        return f"review-{name}-{self.request.host.rpartition(':')[2]}"

    def _kept(self, name: str) -> str:
        return unquote((self.get_signed_cookie(self._cookie(name), max_age_days=DAYS) or b"").decode())

    def _said(self) -> tuple[str, str]:
        kept = self._kept("said")
        if not kept:
            return "", ""
        self.clear_cookie(self._cookie("said"))
        sentence, page = json.loads(kept)
        return sentence, page


@dataclass(frozen=True)
class Newest:
    """The answer that took the place of another one.

    Attributes
    ----------
    id : str
        Its id.
    address : str
        Its page.
    html : str
        The answer as it is shown; safe HTML, empty where nothing was written.
    """

    id: str
    address: str
    html: str


@dataclass
class Outcome:
    """What came of a form that was sent.

    Attributes
    ----------
    result
        What was recorded, or counts again.
    faults : list of Fault
        What has to be put right first.
    is_changed : bool
        Whether somebody else came first.
    theirs
        What they gave; None when it was taken back.
    """

    result: object = None
    faults: list[Fault] = field(default_factory=list)
    is_changed: bool = False
    theirs: object = None


class FormPage(Page):
    """A page with something to fill in, of which nothing gets lost."""

    kind = ""

    def draft(self, question: str, answer: str) -> dict[str, str] | None:
        """What was typed last and not saved."""
        return self.work.drafts.read(self.marker, f"{self.kind}/{question}/{answer}")

    def keep_draft(self, question: str, answer: str, seen: int | None = None) -> None:
        """Keep what was sent and could not be saved; `seen` is the revision that the answering page shows, if another.

        Who has been shown once what somebody else gave is not stopped by it again.
        """
        told = {} if seen is None else {"seen": str(seen)}
        self._keep(question, answer, {**self.fields(), **told, "came_from": self.fingerprint()})

    def _keep(self, question: str, answer: str, typed: dict[str, str]) -> bool:
        if not self.marker:
            return False
        try:
            self.work.drafts.keep(self.marker, f"{self.kind}/{question}/{answer}", typed)
        except OSError:
            self.log.exception("a draft could not be kept")
            return False
        return True

    def drop_draft(self, question: str, answer: str) -> None:
        """It is saved."""
        self.work.drafts.drop(self.marker, f"{self.kind}/{question}/{answer}", self.value("page"))

    def fingerprint(self) -> str:
        """Of all that was sent: the page that answers it says so in its turn."""
        return hashlib.sha256(json.dumps(self.fields(), sort_keys=True).encode()).hexdigest()[:16]

    def sent_again(self, question: str, answer: str) -> dict[str, str] | None:
        """What was typed since, if a browser sends a form again because its answer is loaded again."""
        typed = self.draft(question, answer)
        return typed if typed and typed.get("came_from") == self.fingerprint() else None

    def shown_again(self, typed: Entry | PointsEntry, sent: Entry | PointsEntry, theirs) -> Outcome:
        """What a page said that is loaded again: that `theirs` came first, if it was that."""
        if theirs and sent.seen != typed.seen == theirs.revision:
            self.set_status(409)
            return Outcome(is_changed=True, theirs=theirs)
        return Outcome()

    def show_replaced(self, question: Question, answer: str, new: "Newest", text: str, others: list[tuple[str, str]]):
        """The learner has handed in anew: what was typed for the old answer, beside the new one.

        Parameters
        ----------
        question : Question
            Its question.
        answer : str
            Id of the answer that is no more.
        new : Newest
            What took its place.
        text : str
            Name of the field whose words can go on to the new answer.
        others : list of tuple
            Fields that are only shown, each with what it is called.
        """
        typed = self.draft(question.id, answer) or {}
        if self.request.method == "POST":
            self.set_status(409)
            newer = self.sent_again(question.id, answer)
            typed = newer or self.fields()
            if not newer:
                self.keep_draft(question.id, answer)
        self.show(
            "replaced.html",
            question=question,
            path=f"{self.kind}/{question.id}/{answer}",
            old=shown(self.work.text_then(self.kind, question.id, answer)),
            new=new,
            text=text,
            words=typed.get(text, ""),
            typed={name: value for name, value in typed.items() if name not in (text, "page", "came_from")},
            told=[(called, typed[name]) for name, called in others if typed.get(name)],
            came=Outcome(),
        )

    def carry(self, question: str, answer: str, new: "Newest", text: str, form: dict[str, str]) -> None:
        """Put words that were typed for a replaced answer into the form of the new one, as a draft.

        Parameters
        ----------
        question, answer : str
            Where they were typed.
        new : Newest
            Where they go.
        text : str
            Name of the field.
        form : dict of str to str
            What stands in the form of the new one so far.
        """
        words, there = self.value(text).strip(), form.get(text, "").strip()
        if words and words not in there:
            form = {**form, text: "\n\n".join(filter(None, (there, words)))}
            if not self._keep(question, new.id, form):
                raise CourseError(
                    f"Your {text} could not be carried over (perhaps the disk is full). Nothing was changed, and what "
                    "you typed is still on the page before: go back and copy it."
                )
        self.drop_draft(question, answer)
        self.go_on(
            new.address,
            f"Your {text} is in the form of the new answer now. It is not saved yet: read the answer, and change it "
            "where it no longer fits.",
        )

    async def saving(self, work: Callable, *arguments) -> Outcome:
        """Do what a form asks for, and say what came of it."""
        try:
            return Outcome(result=await self.work.do(work, *arguments))
        except ChangedError as changed:
            self.set_status(409)
            return Outcome(is_changed=True, theirs=changed.theirs)
        except CourseError as problem:
            self.set_status(409)
            return Outcome(faults=[Fault("form", str(problem))])
        except Exception:
            # A locked gradebook or a full disk: whatever it was, what was typed stays on the screen.
            self.log.exception("a mark could not be recorded")
            self.set_status(500)
            return Outcome(faults=[Fault("form", _NOT_SAVED)])
