"""Writes readers' files as people send them, sound and broken, each named for what is odd about it.

They are made from the forms as they are, so that a new version of a form breaks none of them by accident.
`write(folder)` makes them all. `UNREADABLE` holds the names of those that nobody can use, each with words that the one
sentence about it must hold; `NOT_A_PARTNERS` those that are sound and do not belong beside the appraisal of `OWN`.
"""

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from researchskills.appraisal import forms, reading
from researchskills.appraisal.reading import Answer, Appraisal

REPORT, FORM = "discharge-visits", forms.form("trial")
QUESTIONS = [one.key for one in FORM.questions]


def appraisal(reader: str, sector: str, answers: str, **others) -> Appraisal:
    """A reader's appraisal of the trial; `answers` has one letter for each question: y, p, n, u, or - for none."""
    words = {"y": "yes", "p": "partly", "n": "no", "u": "unclear"}
    held = {key: Answer(words[letter], (place,), "as it says there")
            for place, (key, letter) in enumerate(zip(QUESTIONS, answers, strict=True), 1) if letter != "-"}
    return Appraisal(**{"report": REPORT, "design": "randomised_trial", "form": FORM.key, "form_version": FORM.version,
                        "reader": reader, "sector": sector, "answers": held, **others})


OWN = appraisal("heron", "health", "yypnupnnyyyny")
PARTNER = appraisal("kestrel", "social_care", "yyynupynynynn")
SOUND = reading.to_json(PARTNER)

#: File name → words of the sentence that refuses it.
UNREADABLE = {
    "empty.json": "is empty",
    "only_blank_lines.json": "is empty",
    "pdf_instead.json": "is a PDF",
    "word_document_instead.docx": "a Word document",
    "old_workbook_instead.json": "is a workbook",
    "picture_instead.json": "bytes that are no text",
    "web_page_instead.json": "another kind of file",
    "message_without_the_file.txt": "another kind of file",
    "list_instead.json": "another kind of file",
    "screening_decisions_instead.json": "another kind of file",
    "answer_file_instead.json": "another kind of file",
    "cut_off.json": "is damaged",
    "two_files_joined.json": "is damaged",
    "curly_quotes.json": "is damaged",
    "brackets_without_end.json": "is damaged",
    "newer_edition.json": "another edition of the course",
    "other_form_version.json": "version 99 of the form",
    "report_missing.json": "does not say which report",
    "report_as_number.json": "its entry “report”",
    "design_unknown.json": "does not say which report, design and form",
    "form_unknown.json": "does not say which report, design and form",
    "design_of_another_form.json": "which is for other designs",
    "sector_unknown.json": "its entry “sector”",
    "report_named_at_length.json": "far too long",
    "report_named_by_an_address.json": "could identify a person (e-mail address)",
    "reader_as_list.json": "its entry “reader”",
    "answers_as_list.json": "its entry “answers”",
    "question_unknown.json": "has no question “colour”",
    "domain_unknown.json": "has no question “weather”",
    "answer_unknown.json": "is none that the form offers",
    "answer_as_number.json": "is none that the form offers",
    "judgement_unknown.json": "one of its judgements",
    "answer_as_list.json": "is damaged",
    "judgement_as_list.json": "is damaged",
    "half_a_sign.json": "is damaged",
    "direction_unknown.json": "the evidence for “chance” is not as the course writes it",
    "sentence_zero.json": "the evidence for “chance” is not as the course writes it",
    "sentence_in_words.json": "the evidence for “chance” is not as the course writes it",
    "evidence_as_number.json": "the evidence for “chance” is not as the course writes it",
    "sentence_beyond_the_report.json": "marks sentence 9999",
    "e_mail_address_in_the_evidence.json": "could identify a person (e-mail address)",
    "telephone_number_in_the_last_sentence.json": "could identify a person (telephone number)",
    "agreed_by_two.json": "two readers agreed on",
    "far_too_large.json": "far too large",
}
#: Sound files that cannot be compared with `OWN`.
NOT_A_PARTNERS = {
    "other_report.json": "is about “Meals at home",
    "paper_of_ones_own.json": "is about “Smith 2019”",
    "own_file.json": "is your own",
    "own_file_through_mail.txt": "is your own",
    "same_name_other_answers.json": "the name you read under yourself",
    "nothing_answered.json": "no question that both of you have answered",
}


def files() -> dict[str, bytes]:
    """All of them: name → content."""
    made = {
        "empty.json": b"",
        "only_blank_lines.json": b"\r\n  \r\n",
        "pdf_instead.json": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        "word_document_instead.docx": _zipped("word/document.xml"),
        "old_workbook_instead.json": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
        "picture_instead.json": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "web_page_instead.json": b"<!DOCTYPE html>\n<html><head><style>\nbody { margin: 0 }\n</style></head></html>\n",
        "message_without_the_file.txt": b"Dear colleague,\n\nthe file is attached. Is it?\n",
        "list_instead.json": f"[{SOUND}]".encode(),
        "screening_decisions_instead.json": b'{"what": "screening decisions", "version": 1, "decisions": []}',
        "answer_file_instead.json": b'{"activity": "Appraise", "name": "m03-a2-appraisal", "state": {}}',
        "cut_off.json": SOUND.encode()[:700],
        "two_files_joined.json": (SOUND + SOUND).encode(),
        "curly_quotes.json": SOUND.replace('"', "”").encode(),
        "brackets_without_end.json": b'{"what":' * 20_000,
        "far_too_large.json": SOUND.encode() + b" " * 2_000_000,
        "agreed_by_two.json": _sound(replace(PARTNER, reader="both", sector="both")),
        "other_form_version.json": _sound(replace(PARTNER, form_version=99)),
        "other_report.json": _sound(replace(PARTNER, report="meals-at-home")),
        "paper_of_ones_own.json": _sound(replace(PARTNER, report="Smith 2019")),
        "own_file.json": _sound(OWN),
        "own_file_through_mail.txt": _quoted(reading.to_json(OWN)),
        "same_name_other_answers.json": _sound(replace(PARTNER, reader=" Heron ")),
        "nothing_answered.json": _sound(replace(PARTNER, answers={})),
        "design_of_another_form.json": _sound(replace(PARTNER, design="survey")),
        "telephone_number_in_the_last_sentence.json": _sound(replace(PARTNER, certainty="Ring 01632 960 123 to ask.")),
    }
    for name, changed in {
        "newer_edition.json": {"version": 2}, "report_missing.json": {"report": ""},
        "report_as_number.json": {"report": 7}, "report_named_at_length.json": {"report": "x" * 5000},
        "report_named_by_an_address.json": {"report": "sam@council.example.org"},
        "design_unknown.json": {"design": "guesswork"},
        "form_unknown.json": {"form": "guesswork"}, "sector_unknown.json": {"sector": "circus"},
        "reader_as_list.json": {"reader": ["heron"]}, "answers_as_list.json": {"answers": []},
        "domain_unknown.json": {"judgements": {"weather": "low"}},
        "judgement_as_list.json": {"judgements": {"allocation": ["low"]}},
        "judgement_unknown.json": {"judgements": {"allocation": "five stars"}},
    }.items():
        made[name] = json.dumps({**json.loads(SOUND), **changed}).encode()
    chance = {"answer": "yes", "sentences": [3], "evidence": "", "direction": ""}
    for name, key, changed in (
        ("question_unknown.json", "colour", {}), ("answer_unknown.json", "chance", {"answer": "perhaps"}),
        ("answer_as_number.json", "chance", {"answer": 3}), ("answer_as_list.json", "chance", {"answer": ["yes"]}),
        ("direction_unknown.json", "chance", {"direction": "sideways"}),
        ("sentence_zero.json", "chance", {"sentences": [0]}),
        ("sentence_in_words.json", "chance", {"sentences": "three"}),
        ("half_a_sign.json", "chance", {"evidence": "it says \ud83d"}),
        ("evidence_as_number.json", "chance", {"evidence": 4}),
        ("sentence_beyond_the_report.json", "chance", {"sentences": [3, 9999]}),
        ("e_mail_address_in_the_evidence.json", "chance", {"evidence": "told me: sam@council.example.org"}),
    ):
        held = json.loads(SOUND)
        held["answers"][key] = {**chance, **changed}
        made[name] = json.dumps(held).encode()
    return made


def write(folder: Path) -> None:
    """Write them all into a folder."""
    for name, content in files().items():
        (folder / name).write_bytes(content)


def _sound(one: Appraisal) -> bytes:
    return reading.to_json(one).encode()


def _quoted(text: str) -> bytes:
    return "\r\n".join(f"> {line}" for line in text.splitlines()).encode()


def _zipped(name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "<w:document/>")
    return out.getvalue()
