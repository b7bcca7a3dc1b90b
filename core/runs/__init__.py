"""Runs: everything that the platform knows and shows of long work, for every workflow alike.

Import from the submodules: ``contract`` and ``report`` are pure and safe inside workflows; the others touch the database.
"""
