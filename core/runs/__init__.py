"""Runs: everything that the platform knows and shows of long work, for every workflow alike.

Import from the submodules: ``contract`` and ``report`` are pure, for workflows too; the others touch the
database.
"""
