"""Questions to the database, by noun. They read; `actions` write."""
