"""Readers of pages, feeds and sitemaps: pure functions from bytes to stories.

They import the heavy libraries and run in the reader process only (`ingest.reading`); nothing else may import them.
"""
