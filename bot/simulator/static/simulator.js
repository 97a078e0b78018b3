"use strict";
// One look at the state every second, drawn anew only where it changed. Everything is text: no HTML from messages.

const EXAMPLES = [
  "slt jé envoyé 3 candidatures hier", "c quand mon prochain rdv", "j'ai fait 2h30 d'atelier ce matin",
  "je peux pas venir demain, plutôt jeudi 14h", "la caf m'a tout coupé je sais pas comment je vais payer le loyer",
  "je dors dehors ce soir", "j'en ai marre je suis mort de fatigue", "où j'en suis dans mon plan ?",
  "je voudrais parler à ma référente", "je garde le RSA si je fais la formation ?",
];
const RECIPIENTS = { referent: "référent", on_call: "astreinte", backup: "remplaçant", lead: "responsable", structure_line: "ligne de la structure" };
const STEPS = { due: "prévu", done: "prévenu", skipped: "personne à prévenir" };
const PLAN = { proposed: "proposé", to_do: "à faire", in_progress: "en cours", standby: "en attente", done: "fait", abandoned: "abandonné" };
const MEETINGS = { unknown: "", seen: "venu·e", excused: "excusé·e", revoked: "annulé par la structure", noshow: "absent·e" };
const ANSWERS = { none: "pas encore de réponse", confirmed: "confirmé", late: "en retard", move_asked: "demande à déplacer", declined: "ne peut pas venir" };

const $ = (id) => document.getElementById(id);
let person = "", referent = "", drawn = {}, example = 0, busy = 0, last = Promise.resolve();

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

// One after the other: what is written while the companion answers is not lost.
function post(path, body) {
  busy += 1;
  last = last.catch(() => null).then(() => send(path, body));
  return last;
}

async function send(path, body) {
  document.body.style.cursor = "progress";
  $("refused").textContent = "";
  try {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
    if (!response.ok) $("refused").textContent = answer.refused || "Cela n'a pas marché. Réessayez.";
    return answer;
  } catch {
    $("refused").textContent = "Fil rouge ne répond plus.";
    return null;
  } finally {
    busy -= 1;
    document.body.style.cursor = busy ? "progress" : "";
    await look();
  }
}

const say = (more) => post("/simulator/say", { person, ...more });

function once(name, value, draw) {
  const written = JSON.stringify(value);
  if (drawn[name] === written) return;
  drawn[name] = written;
  draw(value);
}

function fill(id, items, draw, empty) {
  $(id).replaceChildren(...(items.length ? items.map(draw) : [element("li", { className: "soft", textContent: empty })]));
}

function options(id, items, chosen) {
  $(id).replaceChildren(...items.map((item) => element("option", { value: item.id, textContent: item.name, selected: item.id === chosen })));
}

function bubble(line) {
  const label = line.from === "person" && line.reading && line.reading.intent
    ? `${line.at} · ${line.reading.intent}${line.reading.frein ? " · " + line.reading.frein : ""} · urgence ${line.reading.urgency}` : line.at;
  const item = element("li", { className: line.from }, line.text || "", element("small", { textContent: label }));
  if (line.choices && line.choices.length) {
    item.append(element("div", { className: "choices" }, ...line.choices.map((choice) =>
      element("button", { textContent: choice.label, onclick: () => say({ choice: choice.id, question: line.question }) }))));
  }
  if (line.file) item.append(element("a", { href: `/simulator/files/${line.file}`, textContent: "Ouvrir le fichier" }));
  return item;
}

function alertCard(alert) {
  const deed = (name, label, more) => element("button", { textContent: label, onclick: () => post(`/simulator/alerts/${alert.id}/${name}`, { referent, note: "", ...(more ? more() : {}) }) });
  const state = alert.acknowledged_by ? `vue par ${alert.acknowledged_by}` : alert.held ? "quelqu'un l'ouvre" : "à ouvrir";
  const deeds = alert.status === "open"
    ? [deed("hold", "Je l'ouvre"), deed("acknowledge", "J'ai lu, je m'en occupe")]
    : [deed("close", "Écrire une note et clore", () => ({ note: window.prompt("Ce qui a été fait :") || "" }))];
  return element("li", { className: `card level${alert.level} ${alert.status}` },
    element("strong", { textContent: `Alerte ${alert.reference} · ${alert.level === 3 ? "danger" : "urgent"} · ${alert.person}` }),
    element("span", { className: "soft", textContent: ` depuis ${alert.opened_at}, ${state}` }),
    ...alert.messages.map((text) => element("q", { textContent: text })),
    element("div", { className: "deeds" }, ...deeds),
    element("ul", {}, ...alert.steps.map((step) => element("li", { textContent: `${step.at} ${RECIPIENTS[step.to]} : ${STEPS[step.status]}` }))));
}

const ACCEPTABLE = new Set(["proposed_step", "hours_to_validate", "move_request", "appointment_request", "postponed_step"]);

function todoCard(line) {
  const close = (outcome, label, reply) => element("button", {
    textContent: label,
    onclick: () => post(`/simulator/todos/${line.id}`, { referent, outcome, reply: reply ? window.prompt("Votre réponse :") : null }),
  });
  const deeds = ACCEPTABLE.has(line.kind) ? [close("accepted", "Accepter"), close("refused", "Refuser"), close("replied", "Répondre", true)]
    : [close("done", "C'est fait"), close("replied", "Répondre", true)];
  return element("li", { className: "card" },
    element("strong", { textContent: line.label }), element("span", { className: "soft", textContent: ` ${line.person}, ${line.at}` }),
    line.words ? element("q", { textContent: line.words }) : null, element("div", { className: "deeds" }, ...deeds));
}

function planLine(step) {
  const count = step.target ? ` ${step.done} / ${step.target}` : step.done ? ` ${step.done}` : "";
  const hours = step.hours ? ` · ${step.hours} h` : "";
  return element("li", { textContent: `${step.title} — ${PLAN[step.status] || step.status}${count}${hours}` });
}

function meetingLine(meeting) {
  return element("li", { textContent: `${meeting.at} · ${meeting.title} — ${MEETINGS[meeting.status] || ANSWERS[meeting.answer]}` });
}

async function look() {
  let state;
  try {
    state = await (await fetch(`/simulator/state${person ? "?person=" + person : ""}`)).json();
  } catch {
    $("nlu").textContent = "Fil rouge ne répond plus.";
    return;
  }
  if (!state.person) return;
  person = person || state.person.id;
  referent = referent || (state.referent ? state.referent.id : state.team[0].id);
  $("now").textContent = new Date(state.now).toLocaleString("fr-FR", { timeZone: "Europe/Paris", weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  $("nlu").textContent = state.nlu_ready ? "Rasa comprend les messages" : "Rasa se prépare : le danger est déjà entendu";
  $("nlu").className = state.nlu_ready ? "ready" : "";
  once("people", [state.people, person], () => options("person", state.people, person));
  once("team", [state.team.map((member) => member.name), referent], () => options("referent", state.team, referent));
  $("console").href = `/simulator/console/${referent}`;
  $("who").textContent = state.person.name;
  once("conversation", state.conversation, (lines) => {
    fill("conversation", lines, bubble, "Écris un premier message.");
    $("conversation").scrollTop = $("conversation").scrollHeight;
  });
  once("alerts", state.alerts, (alerts) => fill("alerts", alerts, alertCard, "Aucune alerte ouverte."));
  once("todos", state.todos, (todos) => fill("todos", todos, todoCard, "Rien à faire."));
  once("plan", state.plan, (plan) => fill("plan", plan, planLine, "Pas encore d'étape."));
  once("appointments", state.appointments, (meetings) => fill("appointments", meetings, meetingLine, "Aucun rendez-vous."));
  once("freins", state.freins, (freins) => fill("freins", freins, (frein) => element("li", { textContent: `${frein.label} (urgence ${frein.urgency})` }), "Aucun frein noté."));
  const told = state.team.flatMap((member) => member.told.map((line) => ({ name: member.name, line })));
  once("told", told, (lines) => fill("told", lines, (one) => element("li", { className: "soft", textContent: `${one.name} — ${one.line}` }), "Rien pour l'instant."));
}

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value;
  if (!text) return;
  $("text").value = "";
  say({ text });
});
$("person").addEventListener("change", () => { person = $("person").value; referent = ""; look(); });
$("referent").addEventListener("change", () => { referent = $("referent").value; look(); });
$("cycle").addEventListener("click", () => { $("text").value = EXAMPLES[example++ % EXAMPLES.length]; $("text").focus(); });
for (const button of document.querySelectorAll("[data-kind]")) button.addEventListener("click", () => say({ kind: button.dataset.kind }));
for (const button of document.querySelectorAll("[data-time]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await post("/simulator/time", { to: button.dataset.time, person });
    if (answer && answer.happened === false) $("refused").textContent = "Rien de nouveau pendant ce temps.";
    button.disabled = false;
  });
}
look();
setInterval(() => { if (!busy) look(); }, 1000);
