"""Upstream feeds: RSS, Atom, RDF and JSON Feed, to stories."""
