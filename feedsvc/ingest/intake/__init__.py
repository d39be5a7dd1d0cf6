"""Intake: who a story is, what becomes of it, and what is written of it, however it came."""
