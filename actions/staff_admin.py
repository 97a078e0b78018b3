"""The team of a structure: its members, how they sign in, who is on call, who stands in for whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlmodel import func, select

from actions import invitations
from actions.errors import Invalid, NotAllowed
from actions.passwords import hash_password
from actions.rules.totp import new_secret, provisioning_uri
from actions.sign_in import sign_out_everywhere
from actions.work import Work
from storage.queries import sessions
from storage.tables import Accompagnement, Referent, StandIn, Structure
from storage.vocabulary import Role, SupportStatus

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")


@dataclass(frozen=True)
class NewMember:
    """A member and what their authenticator app needs, shown once."""

    referent: Referent
    totp_secret: str
    totp_uri: str


def create_member(
    work: Work,
    structure: Structure,
    *,
    login: str,
    first_name: str,
    last_name: str,
    role: Role,
    password: str,
    by: Referent | None = None,
) -> NewMember:
    """Enter a member of the team. `by` is the administrator who does it, None on the command line.

    Raises NotAllowed, and Invalid for a login that is taken or malformed, an empty name or a weak password.
    """
    _check_admin(by, structure)
    login = _checked_login(work, login)
    referent = Referent(
        structure_id=structure.id,
        login=login,
        first_name=_checked_name(first_name, "prénom"),
        last_name=_checked_name(last_name, "nom"),
        role=role,
        password_hash=hash_password(password, login),
        created_at=work.now,
    )
    work.session.add(referent)
    work.session.flush()
    work.audit("member.created", referent, role=role.value)
    return _with_new_secret(referent)


def _with_new_secret(referent: Referent) -> NewMember:
    secret = new_secret()
    referent.totp_secret, referent.totp_used_step = secret, None
    return NewMember(referent, secret, provisioning_uri(secret, referent.login))


def _check_admin(by: Referent | None, owner: Structure | Referent) -> None:
    structure_id = owner.id if isinstance(owner, Structure) else owner.structure_id
    if by and not (by.active and by.role is Role.ADMIN and by.structure_id == structure_id):
        raise NotAllowed


def _checked_login(work: Work, login: str) -> str:
    wanted = login.strip().casefold()
    if not _LOGIN.fullmatch(wanted):
        raise Invalid("L'identifiant a 3 à 64 lettres sans accent, chiffres, points ou tirets.")
    if sessions.member_by_login(work.session, wanted):
        raise Invalid("Cet identifiant est déjà pris.")
    return wanted


def _checked_name(name: str, what: str) -> str:
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= 80 or not cleaned.isprintable():
        raise Invalid(f"Le {what} manque ou n'est pas lisible.")
    return cleaned


def reset_password(work: Work, member: Referent, password: str, by: Referent | None = None) -> None:
    """Give a member a new password and end their sessions. Members may change their own. Raises as `create_member`."""
    if by is None or by.id != member.id:
        _check_admin(by, member)
    member.password_hash = hash_password(password, member.login)
    member.failed_sign_ins, member.locked_until = 0, None
    sign_out_everywhere(work, member.id)
    work.audit("member.password_reset", member)


def reset_totp(work: Work, member: Referent, by: Referent | None = None) -> NewMember:
    """Give a member a new authenticator secret (phone lost) and end their sessions. Raises NotAllowed."""
    _check_admin(by, member)
    sign_out_everywhere(work, member.id)
    work.audit("member.totp_reset", member)
    return _with_new_secret(member)


def set_role(work: Work, member: Referent, role: Role, by: Referent) -> None:
    """Change what a member may do. Raises NotAllowed, and Invalid for the structure's last administrator."""
    _check_admin(by, member)
    if member.role is Role.ADMIN and role is not Role.ADMIN:
        _check_not_last_admin(work, member)
    member.role = role
    work.audit("member.role_set", member, role=role.value)


def set_alerts(work: Work, member: Referent, *, backup: Referent | None, on_call: bool, by: Referent) -> None:
    """Say who takes over a member's urgencies, and whether they hear every danger. Raises NotAllowed, Invalid."""
    _check_admin(by, member)
    if backup and (backup.id == member.id or backup.structure_id != member.structure_id or not backup.active):
        raise Invalid("Choisissez un autre membre de la même équipe.")
    member.backup_id, member.on_call = backup.id if backup else None, on_call
    work.audit("member.alerts_set", member, backup=str(backup.id) if backup else None, on_call=on_call)


def invite_line(work: Work, structure: Structure, by: Referent) -> str:
    """Make the code that binds the structure's line, to be shown once. Raises NotAllowed."""
    _check_admin(by, structure)
    return invitations.create(work, structure, by)


def stand_in(
    work: Work, member: Referent, other: Referent, starts_on: date, ends_on: date, by: Referent
) -> StandIn:
    """Have `other` answer for `member`'s people on these local days, both included.

    The member themselves, a lead or an administrator may say so. Raises NotAllowed and Invalid.
    """
    if by.structure_id != member.structure_id or (by.role is Role.REFERENT and by.id != member.id):
        raise NotAllowed
    if other.id == member.id or other.structure_id != member.structure_id or not other.active:
        raise Invalid("Choisissez un autre membre de la même équipe.")
    if ends_on < starts_on:
        raise Invalid("Le dernier jour vient avant le premier.")
    row = StandIn(referent_id=member.id, stand_in_id=other.id, starts_on=starts_on, ends_on=ends_on)
    work.session.add(row)
    work.audit("member.stood_in", member, other=str(other.id))
    return row


def deactivate(work: Work, member: Referent, by: Referent) -> None:
    """Close a member's account; nobody may be left without a referent. Raises NotAllowed, Invalid."""
    _check_admin(by, member)
    if member.role is Role.ADMIN:
        _check_not_last_admin(work, member)
    supported = select(func.count()).where(
        Accompagnement.referent_id == member.id, Accompagnement.status != SupportStatus.ENDED
    )
    left = work.session.exec(supported).one()
    if left:
        raise Invalid(f"Confiez d'abord à quelqu'un d'autre les personnes suivies ({left}).")
    member.active, member.on_call = False, False
    sign_out_everywhere(work, member.id)
    work.audit("member.deactivated", member)


def _check_not_last_admin(work: Work, member: Referent) -> None:
    admins = select(func.count()).where(
        Referent.structure_id == member.structure_id,
        Referent.role == Role.ADMIN,
        Referent.active,
        Referent.id != member.id,
    )
    if work.session.exec(admins).one() == 0:
        raise Invalid("C'est la seule personne qui administre la structure : nommez-en d'abord une autre.")
