"""Appraising evidence: what was done, what could have gone wrong, and how sure one can be.

One report
- `reports`: the invented reports to practise on; `sentence_numbers`: sentences marked as evidence
- `designs`, `design_path`: the designs, and the questions that lead to a name
- `forms`, with the files in `forms/`: what each design is asked; no form adds up to a score
- `reading`: one reader's appraisal, and its file; `summary`: the same in words
- `appraise_activity`, `appraise_steps`, `appraisal_report`: appraising on the screen and on paper

Several readers, several reports
- `reader_files`: a reader's file as it arrives by e-mail; `saved_appraisals`: those beside a page
- `two_readers`, `settling`: where two readers differ, and what they settle
- `cohort`: which question divides a group
- `risk_of_bias`, `findings`: judgements as signs with their table; the summary of findings

Results, claims, traditions
- `result_reading`, `result_picture`: what an interval lets one say
- `claims`: statements beside what their sources report
- `traditions`: the evaluative and the generalisable tradition, and a case for the other one
- `stacked_tables`, `saved_files`: tables for narrow screens; where files were saved, in words
- `rate_question`: the kind of question that rates things beside a panel

What lessons call stands in `activities`.
"""
