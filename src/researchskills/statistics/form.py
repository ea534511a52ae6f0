"""Activities that are a form: one choice decides which fields are asked for."""

from collections.abc import Callable
from typing import ClassVar

from traitlets import Dict, TraitError, validate

from researchskills.activity import Activity
from researchskills.statistics import entries
from researchskills.statistics.entries import Field


class Form(Activity):
    """A choice and the fields that go with it.

    Attributes
    ----------
    choice : Field
        What is chosen first; its options are the keys of `fields`.
    fields : dict of str to tuple of Field
    entered : dict
        What was entered, where it differs from the start.
    """

    choice: ClassVar[Field]
    fields: ClassVar[dict[str, tuple[Field, ...]]]
    entered = Dict().tag(saved=True)

    @classmethod
    def every_field(cls) -> dict[str, Field]:
        """All fields by name, the choice left out; fields of several choices once."""
        return {one.name: one for fields in cls.fields.values() for one in fields}

    @validate("entered")
    def _possible(self, proposal):
        if why := entries.refused((self.choice, *self.every_field().values()), proposal["value"]):
            raise TraitError(why)
        return proposal["value"]

    @property
    def chosen(self) -> str:
        """The key of the choice."""
        return self.entered.get(self.choice.name, self.choice.default)

    @property
    def values(self) -> dict:
        """What the fields of the choice hold."""
        return {one.name: self.entered.get(one.name, one.default) for one in self.fields[self.chosen]}

    def controls(self, shown: Callable[[], None]) -> list:
        """Widgets of the choice and of every field; those not asked for are out of sight.

        Parameters
        ----------
        shown : callable
            Called now and after each change.
        """
        choice = entries.control(self.choice, self, "entered")
        widgets = {name: entries.control(one, self, "entered") for name, one in self.every_field().items()}

        def show(_change=None):
            for name, widget in widgets.items():
                entries.show_if(widget, name in self.values)
            shown()

        self.observe(show, names="entered")
        show()
        return [choice, *widgets.values()]

    def entered_html(self) -> str:
        """What was entered, as a table."""
        held = {self.choice.name: self.chosen, **self.values}
        return entries.entries_html((self.choice, *self.fields[self.chosen]), held, "What was entered")
