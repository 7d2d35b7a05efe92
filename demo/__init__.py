"""`make demo`: the whole product on one machine with nothing but Python, in the foreground until Ctrl-C.

Promises what users and acceptance checks rely on: people, clusters, services and certificates as documented, one line
when all of it works, and nothing left running or half made afterwards.
"""
