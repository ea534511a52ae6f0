"""The research plan that grows by itself: what a learner saved in any module, put in the order a supervisor reads.

- `parts`: the parts of a plan
"""
