"""What must hold over the whole house, checked on its files."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The top of the clone."""
