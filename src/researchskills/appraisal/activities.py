"""What lessons call to appraise evidence; each activity saves itself under its name.

Activities whose name has `-a` and a number in its second place, such as `m03-a1-appraisal`, are the learner's own and
are never handed in.
"""

from researchskills.appraisal.appraise_activity import appraise
from researchskills.appraisal.argue_activity import argue
from researchskills.appraisal.claims_activity import trace_claims
from researchskills.appraisal.cohort_activity import readers_together
from researchskills.appraisal.result_activity import read_result
from researchskills.appraisal.together_activity import appraisals_together
from researchskills.appraisal.two_readers_activity import two_readers

__all__ = ["appraisals_together", "appraise", "argue", "read_result", "readers_together", "trace_claims",
           "two_readers"]
