"""What lessons call on the way from a worry to a question; each activity saves itself under its name.

Activities whose name has `-a` and a number in its second place, such as `m01-a1-tree`, are the learner's own and are
never handed in.
"""

from researchskills.questions.definition_activity import define
from researchskills.questions.frame_activity import frame_question
from researchskills.questions.multi_agency_activity import multi_agency
from researchskills.questions.other_side_activity import other_side
from researchskills.questions.project_activity import kind_of_project
from researchskills.questions.researchable_activity import is_it_researchable
from researchskills.questions.tree_activity import problem_tree

__all__ = ["define", "frame_question", "is_it_researchable", "kind_of_project", "multi_agency", "other_side",
           "problem_tree"]
