"""What people and programs send: pushed articles, archives, articles written by hand."""
