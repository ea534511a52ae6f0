"""nbgrader's own tools, pointed at the marking room.

The course drives nbgrader from code and needs no configuration file. This one is for those who know nbgrader
and want its commands on the same gradebook, for example `nbgrader export` from this folder.
"""

from researchskills.build import nbgrader_config
from researchskills.marking.room import default_room

c = get_config()  # noqa: F821  (nbgrader gives the file this function)
c.merge(nbgrader_config(default_room()))
# Formgrader shows what learners wrote as a page: scripts in it must not run in the mentor's browser.
c.HTMLExporter.preprocessors = ["nbconvert.preprocessors.sanitize.SanitizeHTML"]
