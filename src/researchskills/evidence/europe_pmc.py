"""The live search: one question to Europe PMC over the internet, and what came back.

Everything in this course works without a network; this does not, and is never called unless somebody asks for it.
A real source is slow, busy, blocked by a hospital's firewall or hidden behind a sign-in page, so every way of going
wrong ends in one sentence that also says what works instead: the course's own library.

It is polite: it says who asks, asks for one page at a time, tries at most three times with growing pauses, waits
as long as the source wishes (within reason), and stops at a maximum of records.

The service: Europe PMC, Articles RESTful API, https://europepmc.org/RestfulWebService (`search`, with `query`,
`resultType`, `pageSize`, `cursorMark` and `format`).
"""

import datetime
import email.utils
import html
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from researchskills import saving
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.evidence import references

#: Where the service is, unless an argument or the variable below says otherwise.
ADDRESS = "https://www.ebi.ac.uk/europepmc/webservices/rest"
VARIABLE = "RESEARCHSKILLS_EUROPE_PMC"
#: Records that are fetched unless more are asked for, and at most; records in one answer.
USUAL, MOST, PAGE = 100, 1000, 100
TRIES = 3
#: Longest pause (seconds) that the source may ask for.
LONGEST_PAUSE = 30.0
#: An answer of more bytes is not a page of records.
LARGEST_ANSWER = 20_000_000
#: Longest search text: it travels in the address, and servers cut long addresses off.
LONGEST_TEXT = 1500

_INSTEAD = "Nothing was changed. You can search the course's own library instead; it needs no internet."
_WHO = "ResearchAtTheInterface/0.1 (practitioner course in research skills; one search at a time)"
#: Tags of the markup in titles and abstracts; any other "<" is a sign of the text.
_IN_LINE = re.compile(r"</?(?:i|b|u|em|strong|sub|sup|sc|span)\b[^<>]*>", re.IGNORECASE)
_BLOCKS = re.compile(r"</?(?:p|br|h[1-6]|ul|ol|li|title)\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds.

    Attributes
    ----------
    connect, read : float
        For a connection, and for the next piece of an answer.
    whole : float
        For one answer from its beginning to its end.
    pauses : tuple of float
        Before the second and the third try.
    between_pages : float
        Between two pages of one search.
    """

    connect: float = 6.0
    read: float = 15.0
    whole: float = 30.0
    pauses: tuple[float, float] = (1.0, 4.0)
    between_pages: float = 0.5


@dataclass
class Found:
    """What came back, and what a stranger needs in order to ask again.

    Attributes
    ----------
    records : pandas.DataFrame
        With the columns of the course's library (`references.COLUMNS`).
    asked : str
        The search as it was sent.
    address : str
        Where it was sent.
    at : datetime.datetime
        When, in UTC.
    total : int
        How many records the source says there are.
    raw : list of dict
        The records as the source sent them.
    remark : str
        A sentence when the source stopped answering before all was fetched, else empty.
    """

    records: pd.DataFrame
    asked: str
    address: str
    at: datetime.datetime
    total: int
    raw: list[dict] = field(default_factory=list)
    remark: str = ""

    @property
    def sentence(self) -> str:
        """How many records there are and how many were fetched."""
        when = f"{self.at:%d %B %Y, %H:%M} UTC".lstrip("0")
        if not self.total:
            return (f"Europe PMC found no record for these words ({when}). No hits is not no evidence: try fewer or "
                    "other words, and other sources.")
        fetched = "it was" if self.total == len(self.records) == 1 else f"{len(self.records):,} of them were"
        return f"Europe PMC found {number_of(self.total, 'record')} ({when}); {fetched} fetched. {self.remark}".strip()


def search(text: str, limit: int = USUAL, address: str | None = None, patience: Patience | None = None,
           progress: Callable[[int, int], None] | None = None) -> Found:
    """Ask Europe PMC.

    Parameters
    ----------
    text : str
        The search, in Europe PMC's own language: words, "phrases", AND, OR, NOT, fields such as `TITLE:`.
    limit : int, default 100
        Records to fetch, at most 1,000.
    address : str, optional
        Base address of the service; else the environment variable `RESEARCHSKILLS_EUROPE_PMC`, else the real one.
    patience : Patience, optional
        How long to wait.
    progress : callable, optional
        Called with records fetched and records to fetch.

    Returns
    -------
    Found
        Possibly with fewer records than asked for; `remark` then says why.

    Raises
    ------
    CourseError
        If nothing can be asked or nothing usable comes back; the sentence also says what to do instead.
    """
    asked = " ".join(text.split())
    if not asked:
        raise CourseError("There are no words to search for yet. Type some, then search again.", 2)
    if len(asked) > LONGEST_TEXT:
        raise CourseError(f"The search has {len(asked):,} characters; Europe PMC can be asked with up to "
                          f"{LONGEST_TEXT:,} in one go. Nothing was sent. Split it into two searches.", 2)
    if not 1 <= limit <= MOST:
        raise CourseError(f"Between 1 and {MOST:,} records can be fetched at a time, not {limit:,}. "
                          "Nothing was sent.", 2)
    where = _service(address)
    at = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    raw, seen, cursor, total, remark = [], set(), "*", 0, ""
    caller = _Caller(where, patience or Patience())
    with caller.session:
        while True:
            try:
                page = caller.page(asked, min(PAGE, limit), cursor)
            except CourseError as problem:
                if not raw:
                    raise
                remark = f"The others are missing: {problem.args[0].removesuffix(_INSTEAD).strip()}"
                break
            total = page.total
            # A page that brings nothing new would be asked for until the end of time.
            new = [one for one in page.results if _identifier(one) not in seen]
            seen.update(map(_identifier, new))
            raw += new
            if progress:
                progress(min(len(raw), limit), min(total, limit))
            if not new or len(raw) >= min(limit, total) or page.next in ("", cursor):
                break
            cursor = page.next
            time.sleep(caller.patience.between_pages)
    raw = raw[:limit]
    return Found(references.as_records([_row(one) for one in raw]), asked, where, at, max(total, len(raw)), raw, remark)


def _service(address: str | None) -> str:
    where = (address or os.environ.get(VARIABLE, "").strip() or ADDRESS).rstrip("/")
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", where):
        raise CourseError(f"“{where}” is not a web address that could be asked. {_INSTEAD} "
                          f"Whoever set {VARIABLE} should correct it.", 2)
    return where


# Asking -----------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Page:
    total: int
    results: list[dict]
    next: str


class _AgainError(Exception):
    """The try failed in a way that may pass; the sentence says how, `pause` what the source wishes."""

    def __init__(self, sentence: str, pause: float | None = None):
        super().__init__(sentence)
        self.pause = pause


def _gone_wrong(what: str) -> CourseError:
    return CourseError(f"{what} {_INSTEAD}")


class _Caller:
    """Sends requests and tells what went wrong in words."""

    def __init__(self, where: str, patience: Patience):
        import requests

        self.where, self.patience = where, patience
        self.session = requests.Session()
        self.session.max_redirects = 4
        self.session.headers.update({"User-Agent": _WHO, "Accept": "application/json"})

    def page(self, asked: str, size: int, cursor: str) -> _Page:
        """One page of results, with up to three tries."""
        wanted = {"query": asked, "resultType": "core", "pageSize": size, "cursorMark": cursor, "format": "json"}
        for attempt in range(TRIES):
            try:
                return _page(self._answer(wanted))
            except _AgainError as problem:
                if attempt == TRIES - 1:
                    raise _gone_wrong(f"{problem} That was tried {TRIES} times.") from None
                time.sleep(max(self.patience.pauses[attempt], problem.pause or 0.0))
        raise AssertionError("every try returns or raises")

    def _answer(self, wanted: dict) -> object:
        import requests

        times = (self.patience.connect, self.patience.read)
        try:
            with self.session.get(f"{self.where}/search", params=wanted, timeout=times, stream=True) as response:
                return self._content(response)
        except requests.exceptions.TooManyRedirects:
            raise _gone_wrong("Europe PMC was not reached: the request is sent round in circles, as a network that "
                              "wants a sign-in does.") from None
        except requests.exceptions.SSLError:
            raise _gone_wrong("Europe PMC was not reached: its certificate could not be checked, as happens in "
                              "networks that read along. Ask your IT department.") from None
        except requests.exceptions.ProxyError:
            raise _gone_wrong("Europe PMC was not reached: your network's proxy refused the request. "
                              "Ask your IT department.") from None
        except requests.exceptions.Timeout:
            raise _AgainError("Europe PMC did not answer in time.") from None
        except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError,
                requests.exceptions.ContentDecodingError):
            raise _AgainError("Europe PMC could not be reached or broke off: this computer may be offline, or a "
                              "firewall may refuse it.") from None
        except requests.exceptions.RequestException as problem:
            raise _gone_wrong(f"Europe PMC could not be asked ({type(problem).__name__}).") from None

    def _content(self, response) -> object:
        status = response.status_code
        if status == 429:
            raise self._too_busy(response, "Europe PMC asks for fewer requests.")
        if status >= 500:
            raise self._too_busy(response, f"Europe PMC has a problem of its own (status {status}).")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if "html" in kind:
            raise _gone_wrong("A web page came back instead of records: your network may want you to sign in first, "
                              "or it blocks Europe PMC.")
        if status != 200 and "json" not in kind:
            raise _gone_wrong(f"Europe PMC refused the request (status {status}).")
        if kind and "json" not in kind:
            raise _gone_wrong(f"Europe PMC sent something that is no list of records ({kind[:60]}).")
        try:
            return json.loads(self._body(response))
        except (ValueError, RecursionError):
            raise _AgainError("What Europe PMC sent is damaged and cannot be read.") from None

    def _too_busy(self, response, sentence: str) -> Exception:
        pause = _wished_pause(response.headers.get("Retry-After", ""))
        if pause is not None and pause > LONGEST_PAUSE:
            return _gone_wrong(f"{sentence} It asks to wait {_span(pause)}; try again then.")
        return _AgainError(sentence, pause)

    def _body(self, response) -> bytes:
        body, end = bytearray(), time.monotonic() + self.patience.whole
        for piece in response.iter_content(65_536):
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise _gone_wrong(f"Europe PMC sent more than {LARGEST_ANSWER / 1e6:.0f} MB, which is no page of "
                                  "records. Ask for fewer.")
            if time.monotonic() > end:
                raise _AgainError("Europe PMC did not answer in time.")
        return bytes(body)


def _wished_pause(said: str) -> float | None:
    """Seconds in a `Retry-After` header: a number, or a date (RFC 9110, section 10.2.3)."""
    if re.fullmatch(r"\d{1,9}", said.strip()):
        return float(said)
    try:
        until = email.utils.parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    now = datetime.datetime.now(until.tzinfo or datetime.UTC)
    return max(0.0, (until.replace(tzinfo=now.tzinfo) - now).total_seconds())


def _span(seconds: float) -> str:
    return number_of(round(seconds), "second") if seconds < 120 else number_of(round(seconds / 60), "minute")


def _page(answer: object) -> _Page:
    unknown = _gone_wrong("Europe PMC answered in a form that this course does not know; it may have changed.")
    if not isinstance(answer, dict):
        raise unknown
    if "errMsg" in answer:
        said = _text(answer["errMsg"])[:200] or "no reason"
        raise _gone_wrong(f"Europe PMC could not use this search and says: “{said}”.")
    total, held = answer.get("hitCount"), answer.get("resultList")
    results = held.get("result") if isinstance(held, dict) else None
    if not isinstance(total, int) or isinstance(total, bool) or total < 0 or not isinstance(results, list):
        raise unknown
    if not all(isinstance(one, dict) for one in results):
        raise unknown
    return _Page(total, results, str(answer.get("nextCursorMark") or ""))


# Records ----------------------------------------------------------------------------------------------

def _identifier(result: dict) -> str:
    named = [str(result.get(key) or "") for key in ("source", "id")]
    # A record without an identifier is told from others by all that it holds.
    return ":".join(named) if all(named) else json.dumps(result, sort_keys=True)


def _row(result: dict) -> dict:
    """One of the source's records in our columns; whatever is missing or odd in it stays blank."""
    journal = _within(result, "journalInfo")
    names = [_text(one.get("fullName") or one.get("collectiveName"))
             for one in _listed(result, "authorList", "author") if isinstance(one, dict)]
    headings = [("*" if _is_main(one) else "") + _text(one.get("descriptorName"))
                for one in _listed(result, "meshHeadingList", "meshHeading")
                if isinstance(one, dict) and one.get("descriptorName")]
    year = re.fullmatch(r"(?:1[5-9]|20)\d\d", str(result.get("pubYear") or journal.get("yearOfPublication") or ""))
    named = all(result.get(key) for key in ("source", "id"))
    return {
        "record": f"{_text(result['source'])}:{_text(result['id'])}" if named else "",
        "title": _text(result.get("title")).removesuffix("."),
        "abstract": _text(result.get("abstractText")),
        "authors": "; ".join(map(references.author_name, filter(None, names)))
        or "; ".join(part.strip() for part in _text(result.get("authorString")).rstrip(".").split(",") if part.strip()),
        "year": int(year[0]) if year else None,
        "journal": _text(_within(journal, "journal").get("title") or result.get("journalTitle")
                         or _within(result, "bookOrReportDetails").get("publisher")),
        "volume": _text(journal.get("volume")), "issue": _text(journal.get("issue")),
        "pages": _text(result.get("pageInfo")), "doi": _text(result.get("doi")),
        "type": "; ".join(_text(one) for one in _listed(result, "pubTypeList", "pubType")),
        "headings": "; ".join(headings),
        "language": references.language_name(_text(result.get("language"))),
        "database": "Europe PMC",
    }


def _is_main(heading: dict) -> bool:
    """Whether a heading, or one of its qualifiers, is marked as a main point."""
    marked = [heading, *_listed(heading, "meshQualifierList", "meshQualifier")]
    return any(isinstance(one, dict) and one.get("majorTopic_YN") == "Y" for one in marked)


def _within(held: dict, key: str) -> dict:
    inner = held.get(key)
    return inner if isinstance(inner, dict) else {}


def _listed(result: dict, key: str, inner: str) -> list:
    held = _within(result, key).get(inner)
    return held if isinstance(held, list) else []


def _text(value: object) -> str:
    """A value as plain text on one line, without the markup that titles and abstracts carry."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return " ".join(html.unescape(_BLOCKS.sub(" ", _IN_LINE.sub("", str(value)))).split())


# Keeping ----------------------------------------------------------------------------------------------

def save(found: Found, folder: Path | str) -> list[Path]:
    """Keep what came back, with what was asked and when.

    Parameters
    ----------
    found : Found
        From `search`.
    folder : pathlib.Path or str
        Where to; made when it is not there.

    Returns
    -------
    list of pathlib.Path
        A JSON file with everything and its date, and a RIS file of the records for a reference manager. Files that
        are there already are left as they are: each pair has a name of its own.

    Raises
    ------
    CourseError
        If the folder cannot be written to.
    """
    folder = Path(folder).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CourseError(f"The folder “{folder.name}” could not be made ({problem.strerror}), so nothing was saved. "
                          "What was found is still on this page.") from None
    stem = f"europe-pmc-{found.at:%Y-%m-%d-%H%M%S}"
    taken = [path.stem for path in folder.glob(f"{stem}*")]
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    about = {
        "source": "Europe PMC", "address": found.address, "asked": found.asked,
        "when_utc": found.at.isoformat().replace("+00:00", "Z"), "records_at_the_source": found.total,
        "records_here": len(found.raw), "note": found.sentence, "records": found.raw,
    }
    content = json.dumps(about, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return [saving.write(folder / f"{name}.json", content),
            references.write_ris(found.records, folder / f"{name}.ris")]
