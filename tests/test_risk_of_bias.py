"""Risk of bias in signs: letter, shape, colour and words say the same, and the table says it once more."""

import numpy as np
import pytest

from researchskills.appraisal import forms, risk_of_bias
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import JUDGEMENTS
from researchskills.appraisal.reading import Appraisal
from researchskills.appraisal.risk_of_bias import SIGNS

TRIAL, SURVEY = forms.form("trial"), forms.form("survey")
PARTS = list(TRIAL.domains)


def of(form, design, judgements) -> Appraisal:
    return Appraisal("a-report", design, form.key, form.version, judgements=judgements)


@pytest.fixture
def one() -> dict:
    return {"Visits at home": of(TRIAL, "randomised_trial", dict(zip(PARTS, ["low", "some", "high", "unclear"],
                                                                     strict=False)))}


def linear(colour: str) -> np.ndarray:
    """Red, green and blue in linear sRGB."""
    parts = np.array([int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    return float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour))


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_judgement_has_a_letter_a_shape_and_a_colour_of_its_own():
    assert list(SIGNS) == list(JUDGEMENTS)
    for part in range(3):
        assert len({sign[part] for sign in SIGNS.values()}) == len(SIGNS)


@pytest.mark.parametrize("judgement", SIGNS)
def test_letters_can_be_read_on_their_shape(judgement):
    _, _, colour, ink = SIGNS[judgement]
    assert contrast(colour, ink) >= 4.5


def as_seen(colour: str) -> np.ndarray:
    """A colour as somebody without green cones sees it, in CIELAB.

    Viénot, Brettel and Mollon (1999), Digital video colourmaps for checking the legibility of displays by
    dichromats: the matrix for deuteranopia in linear sRGB.
    """
    seen = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]) @ linear(colour)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = (np.cbrt(part) if part > 0.008856 else 7.787 * part + 16 / 116
               for part in to_xyz @ seen / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_colours_stay_apart_for_people_who_do_not_see_red_and_green():
    seen = {judgement: as_seen(sign[2]) for judgement, sign in SIGNS.items()}
    for first in seen:
        for second in seen:
            # A difference of 2.3 is just noticeable (Mahy and others, 1994); ten times that is plain.
            assert first == second or np.linalg.norm(seen[first] - seen[second]) > 23


def test_the_picture_says_each_judgement_in_a_letter_a_shape_and_words(one):
    ax = risk_of_bias.draw(one, TRIAL)
    texts = [text.get_text().replace("\n", " ") for text in ax.texts]
    assert [text for text in texts if len(text) == 1] == ["L", "S", "H", "?"]
    for words in JUDGEMENTS.values():
        assert words in texts
    assert texts.count("not judged yet") == 2
    assert [line.get_marker() for line in ax.lines if line.get_marker() != "None"] == ["o", "^", "s", "D"]


def test_the_table_says_what_the_picture_says(one):
    table = risk_of_bias.table(one, TRIAL)
    assert list(table["part of the form"]) == list(TRIAL.domains.values())
    assert list(table["judgement"]) == [*JUDGEMENTS.values(), "not judged yet", "not judged yet"]
    two = risk_of_bias.table({**one, "Coaching": of(TRIAL, "randomised_trial", {})}, TRIAL)
    assert list(two) == ["part of the form", "Visits at home", "Coaching"]
    assert set(two["Coaching"]) == {"not judged yet"}


def test_each_form_has_a_picture_of_its_own(one):
    both = {"Who answered": of(SURVEY, "survey", {}), **one,
            "Coaching": of(TRIAL, "randomised_trial", {"lost": "high"})}
    trials, survey = risk_of_bias.traffic_lights(both)
    assert list(trials.table) == ["part of the form", "Visits at home", "Coaching"]
    lost = TRIAL.domains["lost"]
    assert trials.title == f"{TRIAL.title}: a high risk of bias was seen in “{lost}” (Visits at home, Coaching)"
    assert survey.title == f"{SURVEY.title}: no part has been judged yet"
    assert list(survey.table["part of the form"]) == list(SURVEY.domains.values())


def test_the_alternative_text_says_every_judgement(one):
    [picture] = risk_of_bias.traffic_lights(one)
    for domain, words in zip(PARTS, ["low risk of bias", "some concerns", "high risk of bias", "cannot tell",
                                     "not judged yet", "not judged yet"], strict=True):
        assert f"{TRIAL.domains[domain]}: {words}" in picture.alt
    assert '<img alt="A grid of signs' in picture._repr_html_()


def test_no_high_risk_is_said_with_care():
    seen = {"A": of(TRIAL, "randomised_trial", {"lost": "low"})}
    assert risk_of_bias.finding(seen, TRIAL).endswith("no part was judged to be at high risk of bias so far")


@pytest.mark.parametrize("key", forms.names())
def test_no_words_of_any_form_run_into_each_other_or_out_of_the_picture(key):
    form = forms.form(key)
    design = next(one.key for one in DESIGNS.values() if one.form == key)
    title = "What came of a long title that goes on and on until the end of the line: a study of many places"
    reports = {f"{place} {title}": of(form, design, dict.fromkeys(form.domains, "high")) for place in range(3)}
    ax = risk_of_bias.draw(reports, form)
    ax.figure.canvas.draw()
    width, height = ax.figure.get_size_inches() * ax.figure.dpi
    boxes = [text.get_window_extent() for text in ax.texts]
    for place, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height
        assert not any(box.overlaps(other) for other in boxes[place + 1:])


def test_the_same_judgements_give_the_same_picture(one):
    first, second = (risk_of_bias.traffic_lights(one)[0].png() for _ in range(2))
    assert first == second
