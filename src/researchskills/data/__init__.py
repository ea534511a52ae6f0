"""Checking, cleaning, matching and protecting data that a service already holds.

`reading` opens a file as it really comes, `checks` looks through each table, `check` puts the findings in order
and `report` shows them. Nothing here changes a file that it was given.

Names are imported from the modules themselves, so that a page that needs one of them does not wait for all.
"""
