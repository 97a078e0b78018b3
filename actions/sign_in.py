"""Signing in to the console: password and one-time code, then a session kept only as a digest.

A session lasts 12 hours at most, a working day, and an hour without a page: a referent sees people between two
alerts on a phone, and typing a code every few minutes teaches them to leave it open. Five failures in a row lock the
account for 15 minutes; from outside that looks like any other refusal.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from actions.passwords import is_right
from actions.rules.totp import matching_step
from actions.work import Work
from storage.queries import sessions
from storage.tables import ConsoleSession, Referent

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)
"""How precisely the last page is remembered: not every page has to write."""


@dataclass(frozen=True)
class SignedIn:
    """A fresh session. `token` goes into the cookie and is kept nowhere else."""

    token: str
    csrf_token: str
    referent: Referent


@dataclass(frozen=True)
class Visit:
    """A page asked for by somebody signed in."""

    referent: Referent
    csrf_token: str


def stored_hash(work: Work, login: str) -> str | None:
    """The hash of a member's password, to be compared with `prove` outside any transaction."""
    return sessions.hash_of(work.session, login)


def prove(stored: str | None, password: str) -> str | None:
    """`stored` if the password is the one hashed. Slow on purpose: it must hold no lock, nor keep a message waiting."""
    return stored if is_right(stored, password) else None


def sign_in(work: Work, login: str, proved: str | None, code: str) -> SignedIn | None:
    """Open a session, or return None: wrong login, password or code, account locked or closed.

    `proved` comes from `prove`. Returns rather than raises: the failure must be committed to be counted.
    """
    member = sessions.member_by_login(work.session, login)
    if member is None or not member.active:
        work.audit("sign_in.unknown")
        return None
    if member.locked_until and member.locked_until > work.now:
        work.audit("sign_in.locked", member)
        return None
    right = proved is not None and proved == member.password_hash
    step = matching_step(member.totp_secret or "", code, work.now, member.totp_used_step) if right else None
    if step is None:
        _count_failure(work, member)
        return None
    member.totp_used_step, member.failed_sign_ins, member.locked_until = step, 0, None
    return open_session(work, member)


def _count_failure(work: Work, member: Referent) -> None:
    member.failed_sign_ins += 1
    work.audit("sign_in.refused", member, failures=member.failed_sign_ins)
    if member.failed_sign_ins >= work.kit.policy.sign_in_tries:
        member.failed_sign_ins = 0
        member.locked_until = work.now + work.kit.policy.sign_in_locked_for


def open_session(work: Work, member: Referent) -> SignedIn:
    """Open a session for a member whose identity has been proved, or who belongs to a demonstration."""
    token, csrf_token = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    work.session.add(
        ConsoleSession(
            referent_id=member.id,
            token_digest=_digest(token),
            csrf_token=csrf_token,
            created_at=work.now,
            seen_at=work.now,
            expires_at=work.now + work.kit.policy.session_lasts,
        )
    )
    work.audit("sign_in.done", member)
    return SignedIn(token, csrf_token, member)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def visit(work: Work, token: str) -> Visit | None:
    """Who asks for a page with this token; None where the session is over, idle too long, or its member gone."""
    found = sessions.by_digest(work.session, _digest(token))
    if found is None:
        return None
    session, member = found
    idle_at = session.seen_at + work.kit.policy.session_idle
    if session.expires_at <= work.now or idle_at <= work.now or not member.active:
        return None
    if work.now - session.seen_at >= SEEN_EVERY:
        session.seen_at = work.now
    return Visit(member, session.csrf_token)


def sign_out(work: Work, token: str) -> None:
    """End the session of this token."""
    found = sessions.by_digest(work.session, _digest(token))
    if found:
        work.session.delete(found[0])
        work.audit("sign_in.ended", found[1])


def sign_out_everywhere(work: Work, referent_id: UUID) -> int:
    """End every session of a member: after a new password, a new code or a departure. Returns how many."""
    open_ones = sessions.of_member(work.session, referent_id)
    for session in open_ones:
        work.session.delete(session)
    return len(open_ones)
