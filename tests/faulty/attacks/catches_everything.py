# ruff: noqa
"""Does not give the control back: every exception is caught."""

while True:
    try:
        while True:
            pass
    except BaseException:
        pass
