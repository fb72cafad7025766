"""Dispatches: what left, from where, sent by whom, to which market, and when."""
