"""What the companion does: one module per deed, pure rules beside them."""
