"""Polling: which sources are due, what they show, politely, and how they are doing."""
