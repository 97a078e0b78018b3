"""Who is looking at the console: the cookie, the token against forged posts, and the demonstration's way in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response

from actions.sign_in import SignedIn, open_session
from actions.work import Work
from storage.tables import Referent

COOKIE = "filrouge_console"
PLACE = "/console"


@dataclass(frozen=True)
class Token:
    """The session's token, on its way into a cookie."""

    value: str
    secure: bool

    def set_on(self, response: Response) -> None:
        """Give it to the browser: for these pages only, unreadable to scripts, sent from our own pages only."""
        response.set_cookie(
            COOKIE,
            self.value,
            path=PLACE,
            httponly=True,
            samesite="strict" if self.secure else "lax",
            secure=self.secure,
        )


def token_of(request: Request) -> str | None:
    """The token that the browser sent."""
    return request.cookies.get(COOKIE)


def is_secure(request: Request) -> bool:
    """Whether the page is asked for over https, here or at the proxy in front."""
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"


def is_right_csrf(given: object, expected: str) -> bool:
    """Whether the hidden field of a form is the session's own, compared in constant time."""
    return isinstance(given, str) and secrets.compare_digest(given.encode(), expected.encode())


def sign_in_for_demonstration(work: Work, referent_id: UUID) -> Token:
    """Open a session for an invented member; only the simulator offers this. Raises when there is no such member."""
    signed_in: SignedIn = open_session(work, work.session.get_one(Referent, referent_id))
    return Token(signed_in.token, secure=False)
