"""A workspace full of extremes, and an empty one: what pages are looked at with, beside friendly data."""
