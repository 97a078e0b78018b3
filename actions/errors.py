"""Errors of the deeds: one class for each thing that a caller does differently."""


class NotAllowed(Exception):
    """This referent may not do this to this person. The console answers 404, as if it did not exist."""


class Settled(Exception):
    """The line, alert or entry was already dealt with by somebody else. The console shows its present state."""


class Invalid(ValueError):
    """What was typed cannot be used; the argument is a French sentence for the one who typed it."""
