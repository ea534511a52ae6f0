"""A simulation as an activity: predict, run, change a setting, run again, say what you take from it.

The prediction is kept before anything is shown, because whoever has seen a result believes that they knew it.
The state holds the settings and the number of the run, not the result: the same state always draws the same
picture, on another computer or in another year.
"""

from functools import cache
from pathlib import Path

from traitlets import Bool, Dict, TraitError, Unicode, validate

from researchskills import _html
from researchskills.activity import Activity
from researchskills.ask import CHOOSE
from researchskills.statistics import entries
from researchskills.statistics.games import GAMES
from researchskills.statistics.simulations import Game


class Simulation(Activity):
    """One of the games, with a learner's prediction and runs.

    Attributes
    ----------
    game : Game
        What is simulated; each subclass has its own.
    prediction : str
        Key of the prediction.
    committed : bool
        Whether the prediction was kept and the simulation run.
    settings : dict
        What the controls hold, where it differs from the start.
    ran : dict
        `settings` and `seed` of the run that is shown.
    thoughts : str
        What the learner takes from it.
    """

    game: Game
    prediction = Unicode("").tag(saved=True)
    committed = Bool(False).tag(saved=True)
    settings = Dict().tag(saved=True)
    ran = Dict().tag(saved=True)
    thoughts = Unicode("").tag(saved=True)

    @validate("prediction")
    def _offered(self, proposal):
        if proposal["value"] and proposal["value"] not in self.game.predictions:
            raise TraitError("this prediction is not offered")
        return proposal["value"]

    @validate("settings")
    def _possible(self, proposal):
        if why := entries.refused(self.game.settings, proposal["value"]):
            raise TraitError(why)
        return proposal["value"]

    @validate("ran")
    def _can_run(self, proposal):
        ran = proposal["value"]
        if not ran:
            return ran
        if set(ran) != {"settings", "seed"} or type(ran["seed"]) is not int or ran["seed"] < 1:
            raise TraitError("this is no run")
        settings = ran["settings"]
        if set(settings) != set(self.game.defaults()) or entries.refused(self.game.settings, settings):
            raise TraitError("this run has settings that are not offered")
        return ran

    def keep_prediction(self) -> bool:
        """Keep the prediction for good and run for the first time; does nothing without a prediction."""
        if not self.prediction:
            return False
        if not self.committed:
            self.committed = True
        if not self.ran:
            self.run()
        return True

    def run(self) -> None:
        """Run with the settings as they are, with other people than the last time."""
        settings = {**self.game.defaults(), **self.settings}
        self.ran = {"settings": settings, "seed": self.ran.get("seed", 0) + 1}

    def shown(self) -> str:
        """The prediction, the run and the thoughts in words."""
        if not self.prediction:
            return ""
        lines = [f"Prediction: {self.game.predictions[self.prediction]}"]
        if self.ran:
            lines.append(f"Runs: {self.ran['seed']}. {self._result()[0].sentence}")
        if self.thoughts.strip():
            lines.append(f"What I take from it: {self.thoughts.strip()}")
        return "\n".join(lines)

    def _result(self):
        """The run that is shown, and its HTML; drawn once for each run."""
        key = (self.ran["seed"], tuple(sorted(self.ran["settings"].items())))
        if getattr(self, "_drawn", (None,))[0] != key:
            from researchskills import charts

            run = self.game.play(self.ran["seed"], **self.ran["settings"])
            figure = charts.figure(run.chart(), title=run.sentence, table=run.table)
            self._drawn = (key, run, figure._repr_html_())
        return self._drawn[1:]

    # -- on the screen -------------------------------------------------------------------------

    def panel(self):
        """Prediction first; settings, result and thoughts once it is kept."""
        from ipywidgets import HTML, Button, Dropdown, VBox

        chooser = Dropdown(options=[(CHOOSE, ""), *((words, key) for key, words in self.game.predictions.items())],
                           description=f"Your prediction: {self.game.title}", value=self.prediction)
        keep = Button(description="Keep my prediction and run", tooltip="Your prediction cannot be changed afterwards")
        again = Button(description="Run again", tooltip="Run again with these settings and other people")
        wish, result = HTML(), HTML(entries.live(self._result_html()) if self.committed else "")
        notice = HTML(self.notice_html())
        controls = [entries.control(one, self, "settings") for one in self.game.settings]
        thoughts = entries.text_area(self, "thoughts", "What do you take from this?")

        def arrange(_change=None):
            chooser.disabled = self.committed
            if chooser.value != self.prediction:
                chooser.value = self.prediction
            entries.show_if(keep, not self.committed)
            for widget in (*controls, again, thoughts):
                entries.show_if(widget, self.committed)

        def predicted(change):
            if not self.committed:
                self.prediction = change["new"]
                wish.value = ""

        def kept(_button):
            if not self.keep_prediction():
                wish.value = '<p role="alert">Choose a prediction first; there is no mark for it.</p>'

        def show(_change=None):
            result.value = entries.live(self._result_html()) if self.committed else ""

        chooser.observe(predicted, names="value")
        keep.on_click(kept)
        again.on_click(lambda _button: self.run())
        self.observe(arrange, names=["committed", "prediction"])
        self.observe(show, names=["ran", "committed"])
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        arrange()
        return VBox([HTML(self._task_html()), chooser, keep, wish, *controls, again, result, thoughts, notice])

    # -- as a page -----------------------------------------------------------------------------

    def report(self) -> str:
        """The task, the prediction, the run and the thoughts."""
        if not self.prediction:
            offered = "".join(f"<li>{_html.escape(words)}</li>" for words in self.game.predictions.values())
            answer = f"<ul>{offered}</ul><p>Not answered yet.</p>"
        else:
            words = _html.escape(self.game.predictions[self.prediction])
            answer = f"<p><strong>Your prediction:</strong> {words}</p>"
        if self.committed and self.ran:
            table = entries.entries_html(self.game.settings, self.ran["settings"], "Settings of this run")
            answer += table + self._result_html()
        if self.thoughts.strip():
            answer += f"<p><strong>What you take from it</strong></p>{_html.plain(self.thoughts)}"
        return (f'<section class="rs-report" aria-label="{_html.escape(self.game.title)}">{self._task_html()}{answer}'
                f"{self.notice_html()}</section>")

    def _task_html(self) -> str:
        game = self.game
        return (f"<p><strong>{_html.escape(game.title)}</strong></p><p>{_html.escape(game.story)}</p>"
                f"<p><strong>Predict first:</strong> {_html.escape(game.question)}</p>")

    def _result_html(self) -> str:
        if not self.ran:
            return ""
        run, figure = self._result()
        settings, predictions = self.ran["settings"], self.game.predictions
        verdict = ""
        if self.prediction and settings == self.game.defaults():
            said = f"you predicted: {predictions[self.prediction]}"
            if self.prediction == run.answer:
                said = "as you predicted"
            verdict = f"<p><strong>{_html.escape(predictions[run.answer])}</strong> ({_html.escape(said)}).</p>"
        return (f"<p>Run {self.ran['seed']}</p>{verdict}{figure}<p>{_html.escape(run.long_run)}</p>"
                f"<p><strong>Why:</strong> {_html.escape(self.game.why)}</p>")


class RegressionToTheMean(Simulation):
    """Chosen because they scored low."""

    game = GAMES["regression to the mean"]


class SmallSamples(Simulation):
    """Ask a few and you may hear anything."""

    game = GAMES["small samples"]


class LeagueTable(Simulation):
    """Who comes top when all are the same."""

    game = GAMES["league table"]


class Clustering(Simulation):
    """Ten people in one team, or one in each of ten."""

    game = GAMES["clustering"]


#: The activity of each game; a class of its own, so that saved answers are never taken for another game's.
SIMULATIONS = {
    "regression to the mean": RegressionToTheMean,
    "small samples": SmallSamples,
    "league table": LeagueTable,
    "clustering": Clustering,
}


@cache
def simulation(name: str, which: str, folder: Path) -> Simulation:
    """The activity of a name, one object however often its cell is run."""
    return SIMULATIONS[which](name, folder)
