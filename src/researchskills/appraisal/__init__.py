"""Appraising evidence: what was done, what could have gone wrong, and how sure one can be.

- `designs`, `design_path`: the designs, and the questions that lead to a name
- `forms`, with the files in `forms/`: what each design is asked; no form adds up to a score
- `reading`: one reader's appraisal, and its file
- `reports`: the invented reports to practise on
"""
