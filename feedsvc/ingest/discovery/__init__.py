"""Discovery: how the news at an address can be read."""
