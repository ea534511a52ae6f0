"""The research plan that grows by itself: what a learner saved in any module, put in the order a supervisor reads.

- `parts`: the parts of a plan
- `gather`: what each module contributes, read without touching it
- `research_plan`: the plan, what is missing in it, and what looks private
- `cpd`: the record of learning
- `page`: both as web pages and as Word documents
- `plan_activity`, `plan_panel`: both on the screen
"""
