"""The path of one incoming message, from the channel to the answer: `docs/message-path.md` tells it in prose."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from actions.handle_message import give_up, handle, read_again, words_of
from actions.ports import Incoming
from actions.receive_message import Receipt, receive
from actions.rules.reading import ModelReading
from actions.work import Work
from bot.bootstrap import App
from bot.nlu_client import NluUnavailable
from storage import inbox

log = structlog.get_logger()
READ_AGAIN_AT_ONCE = 20


class Path:
    """Takes messages in and sees them through; one instance for each process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, incoming: Incoming) -> Receipt:
        """Write the message down; return once that is committed. Its answer follows in the background."""
        receipt = await self._app.do(lambda work: receive(work, incoming))
        log.info("message.received", message=str(receipt.message_id), duplicate=receipt.duplicate)
        self._app.wake_delivery.set()
        if receipt.waiting:
            self._spawn(receipt.contact_id)
        return receipt

    def _spawn(self, contact_id: UUID) -> None:
        task = asyncio.create_task(self.process_waiting(contact_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def process_waiting(self, contact_id: UUID) -> None:
        """Handle the waiting messages of one person, oldest first, until there are none or another does it.

        Never raises: what went wrong with one person must not keep the others waiting.
        """
        try:
            while await self._process_next(contact_id):
                self._app.wake_delivery.set()
        except Exception as error:
            log.error("messages.not_taken_up", contact=str(contact_id), **where(error))
        self._app.wake_delivery.set()

    async def _process_next(self, contact_id: UUID) -> bool:
        claimed = await self._app.do(lambda work: _claim(work, contact_id))
        if claimed is None:
            return False
        message_id, attempts, text = claimed
        model = await self._read(text) if text else None
        deed = give_up if attempts > inbox.MAX_ATTEMPTS else handle
        try:
            done = await self._app.do(lambda work: deed(work, message_id, model))
        except Exception as error:
            # Whatever went wrong, the message stays in the inbox and is tried again.
            log.error("message.failed", message=str(message_id), attempts=attempts, **where(error))
            done = False
        if done:
            log.info("message.handled", message=str(message_id), read=model is not None)
        else:
            await self._app.do(lambda work: inbox.put_off(work.session, message_id, work.now))
        return done

    async def _read(self, text: str) -> ModelReading | None:
        if self._app.nlu is None:
            return None
        try:
            reading = await self._app.nlu.parse(text)
        except NluUnavailable as error:
            self._app.nlu_ready = False
            log.warning("nlu.unavailable", reason=str(error))
            return None
        self._app.nlu_ready = True
        return reading

    async def sweep(self) -> None:
        """Take up what was left behind: messages whose handler died, and those no model has read."""
        contacts = await self._app.look(lambda work: inbox.waiting_contacts(work.session, work.now))
        for contact_id in contacts:
            await self.process_waiting(contact_id)
        await self._read_again()

    async def _read_again(self) -> None:
        self._app.nlu_ready = self._app.nlu is not None and await self._app.nlu.is_ready()
        if not self._app.nlu_ready:
            return
        for message_id, text in await self._app.look(_unread):
            if not await self._read_one_again(message_id, text):
                return

    async def _read_one_again(self, message_id: UUID, text: str) -> bool:
        model = await self._read(text)
        try:
            if model:
                await self._app.do(lambda work: read_again(work, message_id, model))
                self._app.wake_delivery.set()
                return True
        except Exception as error:
            log.error("message.not_read_again", message=str(message_id), **where(error))
        await self._app.do(lambda work: inbox.missed(work.session, message_id))
        return False

    async def settled(self) -> None:
        """Wait until nothing accepted here is still being handled."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)


def _claim(work: Work, contact_id: UUID) -> tuple[UUID, int, str] | None:
    message = inbox.claim_next(work.session, contact_id, work.now)
    if message is None:
        return None
    return message.id, message.attempts, words_of(message)


def _unread(work: Work) -> list[tuple[UUID, str]]:
    messages = inbox.to_read_again(work.session, READ_AGAIN_AT_ONCE)
    return [(message.id, words_of(message)) for message in messages]


def where(error: BaseException) -> dict[str, str]:
    """What may be logged of an error: its class and where it was raised, never its text."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
    return {"error": type(error).__name__, "place": place}
