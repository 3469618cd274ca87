"""Reading councils' files: pure code, run in a child process, importing nothing of Django.

``read_upload`` (in ``process``) is the way in. What comes out is a ``Reading``: one ``CaseRow`` a
child with only the columns that audit needs, the rows that were refused and why, and what was odd.
"""
