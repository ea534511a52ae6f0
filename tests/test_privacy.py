"""The patterns of the privacy check: what they must find, and what they must leave alone.

NHS numbers are from the range that is never issued (999…) or the NHS Data Dictionary's own example
(943 476 5919); check digits of the others are worked out below. Telephone numbers are Ofcom's numbers for
drama; National Insurance numbers follow HMRC's NIM39110; postcodes are those of public buildings.
"""

import re
import time

import pytest

from researchskills import privacy
from researchskills.privacy import DATE_OF_BIRTH, EMAIL, NATIONAL_INSURANCE, NHS_NUMBER, POSTCODE, TELEPHONE

IDENTIFIES = [
    # Data Dictionary's example: 9·10+4·9+3·8+4·7+7·6+6·5+5·4+9·3+1·2 = 299; 299 mod 11 = 2; 11 − 2 = 9.
    (NHS_NUMBER, "9434765919"),
    (NHS_NUMBER, "943 476 5919"),
    (NHS_NUMBER, "943-476-5919"),
    # 4·10+0+1·8+0+2·6+3·5+2·4+1·3+3·2 = 92; 92 mod 11 = 4; 11 − 4 = 7.
    (NHS_NUMBER, "4010232137"),
    # 9·10+9·9+9·8 = 243; plus 0·7+0·6+0·5+0·4+0·3+1·2 = 245; 245 mod 11 = 3; 11 − 3 = 8.
    (NHS_NUMBER, "999 000 0018"),
    # A CHI number of Scotland begins with a date of birth: 010101; sum 0+1·9+0+1·7+0+1·5+0+0+3·2 = 27;
    # 27 mod 11 = 5; 11 − 5 = 6.
    (NHS_NUMBER, "0101010036"),
    (NATIONAL_INSURANCE, "AB123456C"),
    (NATIONAL_INSURANCE, "AB 12 34 56 C"),
    (NATIONAL_INSURANCE, "ab123456d"),
    (NATIONAL_INSURANCE, "JK-12-34-56-A"),
    (EMAIL, "jo.bloggs@example.nhs.uk"),
    (EMAIL, "ohara+rota@example.org"),
    (EMAIL, "JO_B@EXAMPLE.CO.UK"),
    (TELEPHONE, "07700 900123"),
    (TELEPHONE, "07700 900 123"),
    (TELEPHONE, "07700900123"),
    (TELEPHONE, "07700-900-123"),
    (TELEPHONE, "020 7946 0123"),
    (TELEPHONE, "(020) 7946 0123"),
    (TELEPHONE, "(0114) 496 0123"),
    (TELEPHONE, "0114 4960123"),
    (TELEPHONE, "01632 960123"),
    (TELEPHONE, "01632 96012"),
    (TELEPHONE, "+44 7700 900123"),
    (TELEPHONE, "+447700900123"),
    (TELEPHONE, "+44 (0)20 7946 0123"),
    (TELEPHONE, "+44 (0) 20 7946 0123"),
    (TELEPHONE, "+44 20 7946 0123"),
    (TELEPHONE, "0044 7700 900123"),
    (TELEPHONE, "0808 157 0123"),
    (POSTCODE, "SW1A 1AA"),
    (POSTCODE, "sw1a 1aa"),
    (POSTCODE, "SW1A1AA"),
    (POSTCODE, "LS1 4AP"),
    (POSTCODE, "M1 1AE"),
    (POSTCODE, "B33 8TH"),
    (POSTCODE, "CR2 6XH"),
    (POSTCODE, "DN55 1PT"),
    (POSTCODE, "W1A 0AX"),
    (POSTCODE, "EC1A 1BB"),
    (POSTCODE, "bt1 5gs"),
    (POSTCODE, "GIR 0AA"),
    (POSTCODE, "BFPO 57"),
    (POSTCODE, "BF1 2AU"),
]

DATES = [
    ("born 3/4/1960", "3/4/1960"),
    ("She was born on 3 April 1960.", "3 April 1960"),
    ("born on the 3rd of April 1960", "3rd of April 1960"),
    ("DOB: 03.04.1960", "03.04.1960"),
    ("D.O.B. 03-04-60", "03-04-60"),
    ("DoB 1960-04-03", "1960-04-03"),
    ("Date of birth: April 3, 1960", "April 3, 1960"),
    ("date_of_birth 03/04/1960", "03/04/1960"),
    ("birthday is 3 Apr 1960", "3 Apr 1960"),
]

HARMLESS = [
    # NHS number: check digit, fillers, parts of longer numbers, figures in tables
    "9434765918",
    "943 476 5918",
    "0000000000",
    "000 000 0000",
    "4444444444",
    "19434765919",
    "94347659190",
    "0.9434765919",
    "9434765919.5",
    "9,434,765,919",
    "12 943 476 5919 31",
    "  1 943 476 5919  7",
    "1700000000",
    "ISRCTN9434765919",
    # National Insurance: prefixes that are never issued, wrong suffix, longer codes
    "QQ123456C",
    "BG123456A",
    "GB 12 34 56 A",
    "NK123456B",
    "TN123456B",
    "ZZ123456B",
    "DA123456A",
    "AO123456A",
    "AB123456E",
    "AB1234567C",
    "XAB123456C",
    "AB123456",
    # E-mail
    "@property",
    "meet @ 3.30",
    "user@localhost",
    "a @ b.org",
    # Telephone: short numbers, figures, references
    "Ring 111, 999 or 116 123",
    "0 1 2 3 4 5 6 7 8 9 10",
    "01 02 03 04 05 06",
    "0.07700900123",
    "0123456789",
    "12 07700 900123 44",
    "2019 2020 2021 2022",
    "PMID 30000000123",
    "10.1136/bmj.07700-900123",
    # Dates that are nobody's birth
    "Data to 3/4/1960",
    "The meeting of 03.04.2024",
    "born in 1960",
    "born at 3.30",
    "stillborn 3/4/1960",
    # Postcode: false friends
    "A1 5 10",
    "cells A1 to B12",
    "Q1 2AB",
    "AA1 1AA",
    "SW1A",
    "LS1 4CK",
    "LS1 4A",
    "unit s1 1st floor",
    "w2 2nd visit",
    "module b12 3rd page",
    "#e11 1ae",
    "m00-q1-boundary",
    "COVID19 5AB",
    "grade B2 (3 AB)",
    "f(x) = S1 2(ab)",
]


@pytest.mark.parametrize(("kind", "value"), IDENTIFIES)
@pytest.mark.parametrize("sentence", ["{}", "Please see {}, thank you.", "a\n{}\nb", "“{}”", "tel:{};", "| {} |"])
def test_a_detail_that_identifies_somebody_is_found_wherever_it_stands(kind, value, sentence):
    text = sentence.format(value)
    assert [(match.kind, text[match.start : match.end]) for match in privacy.find(text)] == [(kind, value)]


@pytest.mark.parametrize(("text", "date"), DATES)
def test_a_date_counts_where_the_text_says_that_somebody_was_born_on_it(text, date):
    assert [(match.kind, text[match.start : match.end]) for match in privacy.find(text)] == [(DATE_OF_BIRTH, date)]


@pytest.mark.parametrize("text", HARMLESS)
def test_false_friends_are_left_alone(text):
    assert privacy.find(text) == []


@pytest.mark.parametrize(("kind", "value"), [*IDENTIFIES, (DATE_OF_BIRTH, "3/4/1960")])
def test_a_finding_never_repeats_the_value(kind, value):
    masked = privacy.mask(kind, value)
    hidden = len(privacy.normalised(value)) - len(privacy.normalised(masked))
    assert value not in masked
    assert hidden >= 1
    assert hidden >= len(privacy.normalised(value)) / 3 or kind == POSTCODE


def test_several_details_are_found_in_the_order_of_the_text():
    text = "Jo (born 3/4/1960, 943 476 5919) lives at LS1 4AP: jo@example.org or 07700 900123."
    kinds = [match.kind for match in privacy.find(text)]
    assert kinds == [DATE_OF_BIRTH, NHS_NUMBER, POSTCODE, EMAIL, TELEPHONE]


def test_a_printed_table_of_counts_raises_no_alarm():
    import numpy as np
    import pandas as pd

    counts = np.random.default_rng(7).integers(0, 5000, size=(400, 8))
    assert privacy.find(pd.DataFrame(counts).to_string()) == []
    assert privacy.find(pd.DataFrame(counts / 7).to_csv()) == []


def test_words_of_a_page_come_without_attributes_scripts_and_pictures():
    page = (
        '<p title="LS1 4AP">One<br>two</p><script>var a = "943 476 5919"</script>'
        '<img src="data:image/png;base64,LS14AP+07700900123"><td>07700</td><td>900123</td><p>a&amp;b</p>'
    )
    text = privacy.plain_text(page)
    assert privacy.find(text) == []
    assert re.split(r"\n+", text.strip()) == ["One", "two", "07700", "900123", "a&b"]


def test_a_picture_embedded_in_markdown_is_not_read_as_text():
    text = "![plot](data:image/png;base64,iVBOR/LS14AP/07700900123==) and LS1 4AP"
    left = privacy.without_embedded_files(text)
    assert [match.kind for match in privacy.find(left)] == [POSTCODE]


@pytest.mark.parametrize("piece", ["a", "0", "1 ", "a.b-", "07 ", "a@", "born ", "0 (", "\u00a0"])
def test_awkward_text_is_read_in_good_time(piece):
    text = piece * (300_000 // len(piece))
    started = time.monotonic()
    privacy.find(text)
    assert time.monotonic() - started < 5
