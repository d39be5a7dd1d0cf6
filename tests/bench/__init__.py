"""Benchmarks, run by hand: `poe bench NAME`. They print numbers beside their limits; they fail nothing."""
