"""List pages and sitemaps: the links to stories, and how a list is found and pinned."""
