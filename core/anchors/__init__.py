"""Heads of audit chains, kept outside: a signed tree of them that nobody can rewrite unseen."""
