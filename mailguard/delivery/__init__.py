"""One attempt towards the next hop and what its reply means; when to try again; the reports we write about it.

Knows nothing of the store or the spool: a worker hands in a ``MailTransaction`` and records what comes back.
"""
