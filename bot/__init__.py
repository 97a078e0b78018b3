"""The edge of the companion: its mouths, its ears and the processes that carry them."""
