"""Measuring what is understood: labelled messages, the noise of phones, measures with their intervals."""
