"""feedsvc: news feeds and digest newsletters from the pages a university already has."""

__version__ = "0.1.0"
