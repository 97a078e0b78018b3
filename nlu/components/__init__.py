"""Rasa components that read French as people type it on a phone."""
