"""The words that the database may hold: stored as strings, guarded by check constraints.

`docs/glossary.md` explains each; the labels of the NLU layer follow the taxonomy it names.
"""

from enum import IntEnum, StrEnum


class Intent(StrEnum):
    """What the person wants done (38 labels, final: the NLU layer is trained on them)."""

    GREET = "greet"
    GOODBYE = "goodbye"
    THANK = "thank"
    AFFIRM = "affirm"
    DENY = "deny"
    ASK_HELP = "ask_help"
    ASK_BOT_IDENTITY = "ask_bot_identity"
    OUT_OF_SCOPE = "out_of_scope"
    VIEW_PLAN = "view_plan"
    ASK_NEXT_STEP = "ask_next_step"
    LOG_PROGRESS = "log_progress"
    REPORT_BLOCKED_STEP = "report_blocked_step"
    POSTPONE_STEP = "postpone_step"
    ADD_STEP = "add_step"
    SHARE_GOOD_NEWS = "share_good_news"
    VIEW_APPOINTMENTS = "view_appointments"
    ASK_APPOINTMENT_DETAILS = "ask_appointment_details"
    CONFIRM_APPOINTMENT = "confirm_appointment"
    CANCEL_APPOINTMENT = "cancel_appointment"
    RESCHEDULE_APPOINTMENT = "reschedule_appointment"
    REPORT_LATE = "report_late"
    REPORT_MISSED_APPOINTMENT = "report_missed_appointment"
    REQUEST_APPOINTMENT = "request_appointment"
    ASK_RIGHTS = "ask_rights"
    TALK_TO_REFERENT = "talk_to_referent"
    COMPLAIN = "complain"
    REPORT_FREIN = "report_frein"
    FIND_RESOURCE = "find_resource"
    REPORT_MOOD_GOOD = "report_mood_good"
    REPORT_MOOD_BAD = "report_mood_bad"
    LEAVE_PROGRAMME = "leave_programme"
    PAUSE_SUPPORT = "pause_support"
    RESUME_SUPPORT = "resume_support"
    STOP_MESSAGES = "stop_messages"
    ASK_PRIVACY = "ask_privacy"
    EXPORT_DATA = "export_data"
    DELETE_DATA = "delete_data"
    CHANGE_PREFERENCES = "change_preferences"


class FreinCategory(StrEnum):
    """What stands in the way (17 labels, final)."""

    HOUSING = "housing"
    MOBILITY = "mobility"
    HEALTH = "health"
    MENTAL_HEALTH = "mental_health"
    FAMILY = "family"
    MONEY = "money"
    FOOD = "food"
    RIGHTS = "rights"
    DIGITAL = "digital"
    LANGUAGE = "language"
    SKILLS = "skills"
    WORK = "work"
    ADDICTION = "addiction"
    JUSTICE = "justice"
    VIOLENCE = "violence"
    SELF_CONFIDENCE = "self_confidence"
    OTHER = "other"


class Activity(StrEnum):
    """What a step of the plan, or a thing done, consists of (20 labels, final)."""

    APPLICATION = "application"
    CV_LETTER = "cv_letter"
    JOB_INTERVIEW = "job_interview"
    WORKSHOP = "workshop"
    TRAINING = "training"
    IMMERSION = "immersion"
    JOB_SEARCH = "job_search"
    JOB = "job"
    ADMIN_STEP = "admin_step"
    HEALTH_STEP = "health_step"
    MOBILITY_STEP = "mobility_step"
    HOUSING_STEP = "housing_step"
    FAMILY_STEP = "family_step"
    LANGUAGE_COURSE = "language_course"
    VOLUNTEERING = "volunteering"
    SKILLS_ASSESSMENT = "skills_assessment"
    MENTORING = "mentoring"
    COMPANY_VISIT = "company_visit"
    BUSINESS_CREATION = "business_creation"
    CULTURE_SPORT = "culture_sport"


class Language(StrEnum):
    """What a message is written in (ISO 639-1): those in which danger is answered. French where nobody can tell."""

    FR = "fr"
    EN = "en"
    AR = "ar"
    UK = "uk"
    ES = "es"
    PT = "pt"


class Urgency(IntEnum):
    """How worried to be: 0 nothing, 1 at the next appointment, 2 within the working day, 3 life or safety now."""

    NONE = 0
    FOLLOW_UP = 1
    URGENT = 2
    DANGER = 3


class ChannelName(StrEnum):
    """A way to reach somebody. LOCAL is the simulator and `filrouge chat`."""

    TELEGRAM = "telegram"
    SMS = "sms"
    LOCAL = "local"


class IncomingKind(StrEnum):
    """What arrived. Everything but TEXT and CHOICE cannot be read by the companion, and is shown to the referent."""

    TEXT = "text"
    CHOICE = "choice"
    VOICE = "voice"
    PHOTO = "photo"
    STICKER = "sticker"
    FILE = "file"
    LOCATION = "location"


class MessageStatus(StrEnum):
    """The life of an incoming message: received → handled. FAILED was tried too often and lies on the to-do list."""

    RECEIVED = "received"
    HANDLED = "handled"
    FAILED = "failed"


class Address(StrEnum):
    """How the person is addressed: informal or formal."""

    TU = "tu"
    VOUS = "vous"


class Consent(StrEnum):
    """Whether the person agreed that what they write is kept and read by their referent."""

    UNASKED = "unasked"
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Role(StrEnum):
    """What a member of the structure's team may do; a LEAD also sees the whole team's people and alerts."""

    REFERENT = "referent"
    LEAD = "lead"
    ADMIN = "admin"


class SupportStatus(StrEnum):
    """Where the accompaniment stands. LEAVING: the person asked to leave and a human has not yet spoken to them."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEAVING = "leaving"
    ENDED = "ended"


class ContactStatus(StrEnum):
    """Whether an address may be written to. MUTED: stopped by the person; UNREACHABLE: blocked or dead."""

    ACTIVE = "active"
    MUTED = "muted"
    UNREACHABLE = "unreachable"


class DemarcheStatus(StrEnum):
    """The life of a step of the plan. PROPOSED came from the person and waits for the referent."""

    PROPOSED = "proposed"
    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    STANDBY = "standby"
    DONE = "done"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"


class ProgressStatus(StrEnum):
    """DECLARED by the person, VALIDATED or REFUSED by the referent; a validated entry no longer changes."""

    DECLARED = "declared"
    VALIDATED = "validated"
    REFUSED = "refused"


class Modality(StrEnum):
    """How an appointment takes place."""

    ON_SITE = "on_site"
    HOME = "home"
    PHONE = "phone"
    VIDEO = "video"


class ParticipationStatus(StrEnum):
    """What became of a person's participation; UNKNOWN is "to come", or once past "to be settled"."""

    UNKNOWN = "unknown"
    SEEN = "seen"
    EXCUSED = "excused"
    REVOKED = "revoked"
    NOSHOW = "noshow"


class ParticipationAnswer(StrEnum):
    """What the person said of an appointment to come."""

    NONE = "none"
    CONFIRMED = "confirmed"
    LATE = "late"
    MOVE_ASKED = "move_asked"
    DECLINED = "declined"


class FreinStatus(StrEnum):
    """An obstacle is open until a human or the person says that it is over."""

    OPEN = "open"
    CLOSED = "closed"


class EscalationStatus(StrEnum):
    """OPEN until a human confirms having read it; an acknowledgement is not a closing; a note closes."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Recipient(StrEnum):
    """Whom an escalation step is for; resolved to people when the step falls due."""

    REFERENT = "referent"
    ON_CALL = "on_call"
    BACKUP = "backup"
    LEAD = "lead"
    STRUCTURE_LINE = "structure_line"


class StepKind(StrEnum):
    """What a step is for: CHAIN once, REPEAT over and over, OPENING when a working day opens.

    A REPEAT or OPENING step freezes its own successor when it has run.
    """

    CHAIN = "chain"
    REPEAT = "repeat"
    OPENING = "opening"


class StepStatus(StrEnum):
    """The life of one escalation step. SKIPPED had nobody to tell."""

    DUE = "due"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class TodoKind(StrEnum):
    """Why a line is on the referent's to-do list."""

    APPOINTMENT_REQUEST = "appointment_request"
    MOVE_REQUEST = "move_request"
    CANCELLED_APPOINTMENT = "cancelled_appointment"
    LATE = "late"
    MISSED_APPOINTMENT = "missed_appointment"
    APPOINTMENT_TO_SETTLE = "appointment_to_settle"
    MESSAGE = "message"
    QUESTION = "question"
    PROPOSED_STEP = "proposed_step"
    BLOCKED_STEP = "blocked_step"
    POSTPONED_STEP = "postponed_step"
    HOURS_TO_VALIDATE = "hours_to_validate"
    GOOD_NEWS = "good_news"
    FREIN = "frein"
    MOOD = "mood"
    COMPLAINT = "complaint"
    NOT_UNDERSTOOD = "not_understood"
    UNREADABLE = "unreadable"
    EDITED_MESSAGE = "edited_message"
    CALL = "call"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"
    CHANNEL_LOST = "channel_lost"
    PREFERENCE = "preference"
    CONSENT_REFUSED = "consent_refused"
    DELETION = "deletion"
    SILENCE = "silence"
    UNKNOWN_SENDER = "unknown_sender"


class TodoStatus(StrEnum):
    """A line is OPEN or CLOSED; its outcome says how."""

    OPEN = "open"
    CLOSED = "closed"


class TodoOutcome(StrEnum):
    """How a line was closed."""

    DONE = "done"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLIED = "replied"
    OVERTAKEN = "overtaken"


class Lane(StrEnum):
    """Lanes of the outbox, most urgent first: thousands of reminders must not delay one alert."""

    ALERT = "alert"
    ANSWER = "answer"
    PROACTIVE = "proactive"


class OutboxStatus(StrEnum):
    """The life of an outgoing message. EXPIRED: too late to be of use; CANCELLED: no longer true."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class AttachmentKind(StrEnum):
    """A file that goes with a message, made at send time where the channel carries files."""

    APPOINTMENT_ICS = "appointment_ics"
    DATA_EXPORT = "data_export"


class QuestionKind(StrEnum):
    """What the companion waits to hear; each has one line in the table of answers."""

    CONSENT = "consent"
    REMINDER = "reminder"
    CHECK_IN = "check_in"
    CHOOSE_STEP = "choose_step"
    STEP_DONE = "step_done"
    SAME_OR_MORE = "same_or_more"
    CHOOSE_APPOINTMENT = "choose_appointment"
    CHOOSE_INTENT = "choose_intent"
    CONFIRM_DELETE = "confirm_delete"
    CONFIRM_LEAVE = "confirm_leave"
    OFFER_HUMAN = "offer_human"
    MESSAGE_FOR_REFERENT = "message_for_referent"
    CHOOSE_PREFERENCE = "choose_preference"
    CHOOSE_FREIN = "choose_frein"
    STEP_TO_ADD = "step_to_add"
