"""What is remembered: tables, vocabulary, sealing and the queries by noun."""
