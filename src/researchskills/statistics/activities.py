"""What lessons call: let chance play, plan a sample, say it in one sentence.

Each gives an activity that saves itself under its name. Activities whose name has `-a` and a number in its
second place, such as `m05-a1-plan`, are the learner's own and are never handed in.
"""


from researchskills.activity import here, reopened
from researchskills.errors import CourseError
from researchskills.paths import suggestion
from researchskills.statistics.planning_activity import SamplePlan, sample_plan
from researchskills.statistics.saying_activity import SayIt, saying
from researchskills.statistics.simulation_activity import SIMULATIONS, Simulation, simulation

__all__ = ["SamplePlan", "SayIt", "Simulation", "plan_sample", "say_it", "simulate"]


def simulate(name: str, which: str) -> Simulation:
    """Predict what chance does, then let it.

    Parameters
    ----------
    name : str
        The activity's name, such as `m05-p2-regression`.
    which : {"regression to the mean", "small samples", "league table", "clustering"}

    Raises
    ------
    CourseError
        If there is no such simulation.
    """
    if which not in SIMULATIONS:
        raise CourseError(f"There is no simulation “{which}”.{suggestion(which, list(SIMULATIONS))} "
                          f"There are: {', '.join(SIMULATIONS)}.", exit_status=2)
    return reopened(simulation(name, which, here()))


def plan_sample(name: str) -> SamplePlan:
    """What can a number of answers tell, and how many are needed?

    Parameters
    ----------
    name : str
        The activity's name, such as `m05-a1-plan`.
    """
    return reopened(sample_plan(name, here()))


def say_it(name: str) -> SayIt:
    """Make a sentence from numbers, write one's own, and have it read.

    Parameters
    ----------
    name : str
        The activity's name, such as `m05-p8-say-it`.
    """
    return reopened(saying(name, here()))
