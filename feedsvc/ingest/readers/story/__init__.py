"""Story pages: title, date, writers, body, pictures, files."""
