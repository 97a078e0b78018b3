"""The commands of `filrouge`, one module for each."""
