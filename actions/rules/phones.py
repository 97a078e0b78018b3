"""Telephone numbers as people in France write them, in one spelling."""

from __future__ import annotations

import phonenumbers

REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT")
"""Tried in turn: a national number such as 0692… is only valid in its own region."""


def normalise_phone(written: str) -> str | None:
    """The number in E.164 ("+33199000000"), None where it is valid in no French region nor internationally."""
    for region in REGIONS:
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None
