"""From a worry to a researchable question.

- `tree`, `tree_picture`, `tree_report`: one big question split without losing the whole
- `kinds`: what a question asks for; `frames`, `frame_advice`, `frame_sentence`: what it should name
- `definition`, `definition_file`: a disputed word, defined and tried on cases
- `researchable`: rules on what a question names; `wording`: the words they look for; `rule_quality`: how often they are
  right; `finer`: five words to think a question over with
- `project_kind`: research, evaluation, audit, improvement or needs assessment, and whom to ask
- `other_side`: the question in the words of those concerned
- `multi_agency`, `multi_agency_file`: agencies around one question, and a partner's column as a file

Each has an activity module beside it; what lessons call stands in `activities`.
"""
