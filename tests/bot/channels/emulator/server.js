"use strict";
// telegram-test-api behind an adapter: what it lacks or answers otherwise than Telegram is mended here.
//   getMe without is_bot · dates in milliseconds · no chat_instance · no secret header · `offset` and `timeout`
//   ignored · results null · no sendDocument, setMyCommands, leaveChat
// Prints its port once it listens. The tests steer it by POST /test/…

const express = require("express");
const TelegramServer = require("telegram-test-api");

const emulator = new TelegramServer();
const front = express();
const webhookStatuses = [];
const failures = []; // bodies with which the next sendings are refused

TelegramServer.formatUpdate = (update) => {
  const { botToken, raw, ...message } = update.message || {};
  if (raw) return { update_id: update.updateId, ...raw };
  if (update.message) return { update_id: update.updateId, message: { message_id: update.messageId, ...message } };
  const { botToken: _, ...query } = update.callbackQuery;
  return { update_id: update.updateId, callback_query: { id: String(update.callbackId), chat_instance: "1", ...query } };
};

emulator.getUpdates = (token, offset) => {
  const held = emulator.storage.userMessages;
  emulator.storage.userMessages = held.filter((update) => update.botToken !== token || update.updateId >= offset);
  return emulator.storage.userMessages.filter((update) => update.botToken === token).map(TelegramServer.formatUpdate);
};

const addUserUpdate = emulator.addUserUpdate.bind(emulator);
emulator.addUserUpdate = async (update) => {
  const hook = emulator.webhooks[update.botToken];
  if (!hook) return addUserUpdate(update);
  const answer = await fetch(hook.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": hook.secret_token || "" },
    body: JSON.stringify(TelegramServer.formatUpdate(update)),
  });
  webhookStatuses.push(answer.status);
  emulator.updateId++;
};

const say = (message, token) => {
  const { link_preview_options: _, ...sent } = emulator.addBotMessage(message, token);
  return { ...sent, date: Math.floor(sent.date / 1000) };
};
const ok = (respond) => async (request, response) => response.json({ ok: true, result: await respond(request) });
const refused = (request, response, next) => {
  const failure = failures.shift();
  if (!failure) return next();
  return response.status(failure.error_code).json({ ok: false, ...failure });
};
const poll = async ({ params, body, query }) => {
  const { offset = 0, timeout = 0 } = { ...query, ...body };
  const until = Date.now() + Math.min(Number(timeout), 5) * 1000;
  for (;;) {
    const updates = emulator.getUpdates(params.token, Number(offset));
    if (updates.length || Date.now() >= until) return updates;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const field = (form, name) => (form.match(new RegExp(`name="${name}"\\r\\n\\r\\n([^]*?)\\r\\n--`)) || [])[1];
const file = ({ params, body }) => {
  const form = body.toString("utf8");
  const document = { file_id: "F", file_unique_id: "U", file_name: (form.match(/filename="([^"]*)"/) || [])[1] };
  const markup = field(form, "reply_markup");
  const message = { chat_id: field(form, "chat_id"), text: field(form, "caption") };
  return { ...say(markup ? { ...message, reply_markup: markup } : message, params.token), text: undefined, document };
};

front.use(express.json(), express.urlencoded({ extended: true }));
front.post("/test/fail", ok(({ body }) => failures.push(body)));
front.post("/test/webhook-statuses", ok(() => webhookStatuses));
front.use("/bot:token/getMe", ok(() => ({ id: 123456789, is_bot: true, first_name: "Exemple", username: "exemple_bot" })));
front.use("/bot:token/getUpdates", ok(poll));
front.use("/bot:token/sendDocument", refused, express.raw({ type: "multipart/form-data" }), ok(file));
front.use("/bot:token/sendMessage", refused, ok(({ params, body }) => say(body, params.token)));
front.use("/bot:token/setWebhook", ok(({ params, body }) => emulator.setWebhook(body, params.token) || true));
for (const method of ["setMyCommands", "leaveChat", "answerCallbackQuery"]) front.use(`/bot:token/${method}`, ok(() => true));
front.use("/bot:token/editMessageReplyMarkup", ok(({ body }) => emulator.editMessageReplyMarkup(body) || true));
front.use(emulator.webServer);

const listening = front.listen(0, "127.0.0.1", () => console.log(listening.address().port));
process.stdin.on("end", () => process.exit(0)).resume(); // ends with whoever started it
