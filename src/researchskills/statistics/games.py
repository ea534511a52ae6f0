"""The words of the simulations: story, question, settings, and what is behind the result."""

from researchskills.statistics.entries import Field
from researchskills.statistics.simulations import (
    Game,
    clustering,
    league_table,
    regression,
    small_samples,
)

_SHARES = {"50%": 0.5, "65%": 0.65, "80%": 0.8, "90%": 0.9}

_REGRESSION = Game(
    title="Chosen because they scored low",
    story="People fill in a wellbeing scale (7 to 35 points, mean 23.5). Those who score lowest are chosen for extra "
          "support. To see what support does, half of the chosen, drawn by lot, do not get it. Some weeks later "
          "everybody fills it in again.",
    question="Suppose support does nothing at all. What will the mean of the chosen be the second time?",
    predictions={
        "lower": "Lower than the first time",
        "same": "About the same as the first time",
        "higher": "Higher than the first time",
    },
    why="A low score is partly a low state and partly a bad day. Bad days do not all come again, so the mean of people "
        "who were chosen for low scores rises by itself. This is called regression to the mean. The less two "
        "measurements agree, the more it rises. A group chosen in the same way, without the support, shows how much of "
        "a change is only this.",
    settings=(
        Field("people", "Number of people, from 100 to 5000", 1000, least=100, most=5000),
        Field("agreement", "How well two measurements agree", 0.6,
                {"poorly (correlation 0.3)": 0.3, "fairly (0.6)": 0.6, "well (0.8)": 0.8,
                 "almost perfectly (0.95)": 0.95}),
        Field("chosen", "Who is chosen", 0.2, {"the lowest 10%": 0.1, "the lowest 20%": 0.2, "the lowest 40%": 0.4}),
        Field("effect", "What support truly adds", 0.0, {"nothing": 0.0, "1 point": 1.0, "3 points": 3.0}),
    ),
    play=regression,
)

_SMALL_SAMPLES = Game(
    title="Ask a few and you may hear anything",
    story="Of all people who draw on a service, a share that we set is satisfied. Ten colleagues each ask a few of "
          "them, drawn at random, and work out a percentage with its 95% confidence interval.",
    question="The truth is 65%. Ten colleagues ask 10 people each. How far apart will the highest and the lowest "
             "percentage be?",
    predictions={
        "close": "Up to 10 percentage points",
        "some": "More than 10 and up to 30 percentage points",
        "far": "More than 30 percentage points",
    },
    why="Nobody did anything wrong: the percentages differ because each colleague met other people. The interval says "
        "how far chance may have carried a result, and about 95 of 100 intervals hold the truth. To halve its width "
        "takes four times as many people.",
    settings=(
        Field("size", "People asked by each colleague, from 3 to 500", 10, least=3, most=500),
        Field("share", "Share that is truly satisfied", 0.65, _SHARES),
        Field("samples", "Number of colleagues", 10, {"5": 5, "10": 10, "20": 20}),
    ),
    play=small_samples,
)

_LEAGUE_TABLE = Game(
    title="Who comes top when all are the same",
    story="Some reablement teams are equally good: each person has the same chance of being at home after 12 weeks, "
          "whichever team it is. Each year the teams are put in order of their percentages.",
    question="Where will this year's top team be next year?",
    predictions={
        "top": "At the top again, most likely",
        "upper": "In the upper half, most likely",
        "anywhere": "Anywhere: each place is as likely as the others",
    },
    why="All teams are the same, so every place is luck, and luck does not stay. Small teams swing more. A real league "
        "table mixes such luck with true differences; a funnel plot says how much luck alone would do.",
    settings=(
        Field("teams", "Number of teams, from 3 to 20", 12, least=3, most=20),
        Field("people", "People in each team in a year, from 5 to 1000", 40, least=5, most=1000),
        Field("share", "True share at home after 12 weeks", 0.8, _SHARES),
    ),
    play=league_table,
)

_CLUSTERING = Game(
    title="Ten people in one team, or one in each of ten",
    story="We want to know what share of staff feel supported. People in the same team share a manager, so they answer "
          "alike. One colleague asks several people in one team; another asks one person in each of as many teams.",
    question="Both ask ten people. Whose percentage will stray further from the truth, if both do it again and again?",
    predictions={
        "one": "That of the colleague who asks in one team",
        "many": "That of the colleague who asks in ten teams",
        "same": "Neither: ten people are ten people",
    },
    why="Ten answers from one team are partly the same answer ten times. How alike people in a team are is called the "
        "intraclass correlation; it turns ten people into fewer (the effective sample size). An interval that forgets "
        "the teams is too narrow.",
    settings=(
        Field("people", "Number of people asked, from 2 to 100", 10, least=2, most=100),
        Field("share", "Share that truly feels supported", 0.65, _SHARES),
        Field("likeness", "How alike people in a team are", 0.2,
                {"a little (intraclass correlation 0.02)": 0.02, "somewhat (0.05)": 0.05, "clearly (0.2)": 0.2,
                 "very (0.5)": 0.5}),
    ),
    play=clustering,
)

#: Simulations by the name that lessons use.
GAMES = {
    "regression to the mean": _REGRESSION,
    "small samples": _SMALL_SAMPLES,
    "league table": _LEAGUE_TABLE,
    "clustering": _CLUSTERING,
}
