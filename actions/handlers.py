"""The one table of what triggers what: an intent, or an awaited answer, and its deed.

Read it to find what happens next. Every intent and every kind of question has exactly one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from actions import (
    add_step,
    appointment_changes,
    appointments,
    ask_rights,
    check_in,
    consent,
    conversation,
    data_rights,
    find_resource,
    good_news,
    log_progress,
    mood,
    not_understood,
    pass_on,
    pause_support,
    plan_steps,
    preferences,
    report_frein,
    stop_messages,
    view_plan,
)
from actions.work import Turn
from storage.vocabulary import Intent, QuestionKind

Handler = Callable[[Turn], None]

INTENTS: Mapping[Intent, Handler] = {
    Intent.GREET: conversation.greet,
    Intent.GOODBYE: conversation.goodbye,
    Intent.THANK: conversation.thank,
    Intent.AFFIRM: conversation.affirm,
    Intent.DENY: conversation.deny,
    Intent.ASK_HELP: conversation.ask_help,
    Intent.ASK_BOT_IDENTITY: conversation.ask_bot_identity,
    Intent.OUT_OF_SCOPE: conversation.out_of_scope,
    Intent.VIEW_PLAN: view_plan.view_plan,
    Intent.ASK_NEXT_STEP: view_plan.ask_next_step,
    Intent.LOG_PROGRESS: log_progress.log_progress,
    Intent.REPORT_BLOCKED_STEP: plan_steps.report_blocked_step,
    Intent.POSTPONE_STEP: plan_steps.postpone_step,
    Intent.ADD_STEP: add_step.add_step,
    Intent.SHARE_GOOD_NEWS: good_news.share_good_news,
    Intent.VIEW_APPOINTMENTS: appointments.view_appointments,
    Intent.ASK_APPOINTMENT_DETAILS: appointments.ask_appointment_details,
    Intent.CONFIRM_APPOINTMENT: appointment_changes.confirm_appointment,
    Intent.CANCEL_APPOINTMENT: appointment_changes.cancel_appointment,
    Intent.RESCHEDULE_APPOINTMENT: appointment_changes.reschedule_appointment,
    Intent.REPORT_LATE: appointment_changes.report_late,
    Intent.REPORT_MISSED_APPOINTMENT: appointment_changes.report_missed_appointment,
    Intent.REQUEST_APPOINTMENT: appointment_changes.request_appointment,
    Intent.ASK_RIGHTS: ask_rights.ask_rights,
    Intent.TALK_TO_REFERENT: pass_on.talk_to_referent,
    Intent.COMPLAIN: pass_on.complain,
    Intent.REPORT_FREIN: report_frein.report_frein,
    Intent.FIND_RESOURCE: find_resource.find_resource,
    Intent.REPORT_MOOD_GOOD: mood.report_mood_good,
    Intent.REPORT_MOOD_BAD: mood.report_mood_bad,
    Intent.LEAVE_PROGRAMME: pause_support.leave_programme,
    Intent.PAUSE_SUPPORT: pause_support.pause_support,
    Intent.RESUME_SUPPORT: pause_support.resume_support,
    Intent.STOP_MESSAGES: stop_messages.stop_messages,
    Intent.ASK_PRIVACY: data_rights.ask_privacy,
    Intent.EXPORT_DATA: data_rights.export_data,
    Intent.DELETE_DATA: data_rights.delete_data,
    Intent.CHANGE_PREFERENCES: preferences.change_preferences,
}

ANSWERS: Mapping[QuestionKind, Handler] = {
    QuestionKind.CONSENT: consent.answer_consent,
    QuestionKind.REMINDER: appointment_changes.answer_reminder,
    QuestionKind.CHECK_IN: check_in.answer_check_in,
    QuestionKind.CHOOSE_STEP: log_progress.answer_choose_step,
    QuestionKind.STEP_DONE: log_progress.answer_step_done,
    QuestionKind.SAME_OR_MORE: log_progress.answer_same_or_more,
    QuestionKind.CHOOSE_APPOINTMENT: appointment_changes.answer_choose_appointment,
    QuestionKind.CHOOSE_INTENT: not_understood.answer_choose_intent,
    QuestionKind.CONFIRM_DELETE: data_rights.answer_confirm_delete,
    QuestionKind.CONFIRM_LEAVE: pause_support.answer_confirm_leave,
    QuestionKind.OFFER_HUMAN: pass_on.answer_offer_human,
    QuestionKind.MESSAGE_FOR_REFERENT: pass_on.answer_message_for_referent,
    QuestionKind.CHOOSE_PREFERENCE: preferences.answer_choose_preference,
    QuestionKind.CHOOSE_FREIN: report_frein.answer_choose_frein,
    QuestionKind.STEP_TO_ADD: add_step.answer_step_to_add,
}

AFTER_DANGER: Mapping[str, Handler] = {
    Intent.LOG_PROGRESS: log_progress.log_progress,
    Intent.CONFIRM_APPOINTMENT: appointment_changes.confirm_appointment,
    Intent.CANCEL_APPOINTMENT: appointment_changes.cancel_appointment,
    Intent.RESCHEDULE_APPOINTMENT: appointment_changes.reschedule_appointment,
    Intent.REPORT_LATE: appointment_changes.report_late,
    Intent.REPORT_MISSED_APPOINTMENT: appointment_changes.report_missed_appointment,
    Intent.REQUEST_APPOINTMENT: appointment_changes.request_appointment,
}
"""What else the same message asked for, done quietly once danger has been answered."""
