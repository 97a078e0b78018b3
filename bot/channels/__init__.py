"""The mouths and ears: one module for each way to talk to somebody."""
