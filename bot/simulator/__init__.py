"""Try it without a phone: one page, a phone on the left, the referent's side on the right. Demonstrations only."""
