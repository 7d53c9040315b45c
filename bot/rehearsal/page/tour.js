// The first minute: five steps, each done by one press or by hand.

import { fill, h, icon, toast } from "./dom.js";
import { now } from "./clock.js";
import { allChannels, call, go, on, store } from "./store.js";
import { moveClock } from "./stage.js";

const corner = document.getElementById("tour");
const PAPER = "https://arxiv.org/abs/2103.00065";
const channel = (name) => allChannels().find((one) => one.name === name)?.id;
const user = (name) => Object.values(store.users).find((one) => one.username === name)?.id;
const until = (condition, seconds = 8) => new Promise((resolve) => {
  const started = performance.now();
  const look = () => (condition() || performance.now() - started > seconds * 1000 ? resolve(condition()) : setTimeout(look, 60));
  look();
});

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)); // so that it can be seen

// Become somebody and wait until the page shows their view.
async function become(name) {
  const id = user(name);
  if (!id || id === store.me) return;
  await call("view_as", { user: id });
  await until(() => store.me === id);
}

async function visit(name) {
  const id = channel(name);
  if (id && store.channel !== id) go(id);
  await until(() => store.logs.get(id)?.loaded);
  return store.logs.get(id);
}

const fromBot = (log) => [...(log?.byId.values() ?? [])].filter((message) => message.author.bot && !message.ephemeral);
const ballot = async () => fromBot(await visit("proposals")).findLast((message) => message.embeds.length || message.reactions);
const command = (name, options) => call("slash", { channel: store.channel, command: name, options });

// The next Monday at 17:00 is near enough that the first reminder is the next thing to happen.
const STEPS = [
  {
    title: "Propose a paper",
    text: "Lucía likes a paper. She pastes its link; the bot looks it up at arXiv and posts a ballot.",
    hint: "By hand: type /propose and press Enter.",
    async act() {
      await become("lucia");
      await visit("general");
      await command("propose", { paper: PAPER, why: "Why does training hover at the edge?" });
      const log = await visit("proposals");
      await until(() => fromBot(log).length > 0, 20);
    },
    done: (message) => message.author.bot && at(message) === "proposals" && !message.ephemeral,
  },
  {
    title: "Vote as three people",
    text: "A vote is a reaction. Three members give theirs, each as themselves.",
    hint: "By hand: act as somebody at the right, then press 👍.",
    async act() {
      const found = await ballot();
      if (!found) throw new Error("There is no ballot yet: do the first step.");
      for (const name of ["jonas", "aisha", "tomas"]) {
        await become(name);
        await visit("proposals");
        await pause(450);
        await call("react", { channel: found.channel_id, message: found.id, emoji: "👍", on: true });
      }
    },
    done: (message) => at(message) === "proposals" && (message.reactions ?? []).some((one) => one.count >= 4),
  },
  {
    title: "Plan the session",
    text: "Marta, an organiser, puts it on the calendar. The bot announces it in everybody's own time.",
    hint: "By hand: act as Marta and use /session plan.",
    async act() {
      await become("marta");
      await visit("announcements");
      await command("session plan", { when: "monday 17:00", paper: PAPER, presenter: { user: user("aisha") } });
    },
    done: (message) => at(message) === "announcements" && message.author.bot,
  },
  {
    title: "Jump to the reminder",
    text: "Move the group's clock to the next thing that happens. Everything on the way happens, in order.",
    hint: "By hand: press Next in the bar at the top.",
    async act() {
      const before = fromBot(await visit("announcements")).length;
      for (let turn = 0; turn < 12; turn += 1) {
        if (!(await moveClock({ next: true }))) return;
        await until(() => fromBot(store.logs.get(channel("announcements"))).length > before, 0.6);
        if (fromBot(store.logs.get(channel("announcements"))).length > before) return;
      }
    },
    done: (message) => at(message) === "announcements" && message.author.bot && step > 2,
  },
  {
    title: "Read the digest",
    text: "On weekday mornings each area's channel gets the day's new papers, best first.",
    hint: "By hand: open a channel under “New on arXiv”.",
    async act() {
      const areas = ["optimisation-and-dynamics", "generalisation-and-robustness", "architectures-and-efficiency", "practical-efficiency"];
      for (let turn = 0; turn < 8; turn += 1) {
        for (const area of areas) if (fromBot(await visit(area)).length) return true;
        if (!(await moveClock(store.state.next_due ? { next: true } : { to: new Date(now() + 86400000).toISOString() }))) return false;
        await pause(500);
      }
      return false;
    },
    done: (message) => message.author.bot && /dynamics|robustness|efficiency/.test(at(message)),
  },
];
const at = (message) => allChannels().find((one) => one.id === message.channel_id)?.name ?? "";

let step = null; // null: closed
const finished = new Set();

function draw() {
  document.body.classList.toggle("touring", step !== null);
  if (step === null) {
    fill(corner);
    return;
  }
  const last = step === STEPS.length;
  const dots = STEPS.map((one, index) => h("button", { type: "button", class: finished.has(index) ? "dot done" : "dot", "aria-label": `Step ${index + 1}: ${one.title}`, "aria-current": index === step ? "step" : null, onclick: () => show(index) }));
  const close = h("button", { type: "button", class: "plain", "aria-label": "Close the tour", onclick: () => show(null) }, icon("close"));
  if (last) {
    fill(corner, h("section", { class: "card", "aria-label": "Tour" }, h("header", {}, h("div", { class: "dots" }, dots), close), h("h2", {}, "That was the main job"), h("p", {}, "Now break something: open Trouble at the right, lose a reply or kill the bot, and see that nothing is said twice and nothing is lost.")));
    return;
  }
  const { title, text, hint, act } = STEPS[step];
  const mine = step;
  const run = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    button.classList.add("busy");
    try {
      if (await act()) finished.add(mine);
    } catch (error) {
      toast(error.message);
    }
    if (step === mine) draw();
  };
  const did = finished.has(step);
  fill(corner, h("section", { class: "card", "aria-label": "Tour" },
    h("header", {}, h("div", { class: "dots" }, dots), close),
    h("h2", {}, `${step + 1}. ${title}`), h("p", {}, text), h("p", { class: "hint" }, did ? "Done. Look around, then go on." : hint),
    h("footer", {}, h("button", { type: "button", class: did ? "button ghost" : "button amber", onclick: run }, did ? "Again" : "Do it for me"), h("button", { type: "button", class: did ? "button amber" : "button ghost", onclick: () => show(step + 1) }, did ? "Next" : "Skip"))));
}

function show(number) {
  step = number;
  if (number === null) localStorage.setItem("rehearsal-tour", "seen");
  draw();
}

on("message", ({ message }) => {
  if (step === null || !STEPS[step]?.done(message) || finished.has(step)) return;
  finished.add(step);
  draw();
});
on("tour", () => show(step === null ? 0 : null));

export function beginTour() {
  const wanted = new URLSearchParams(location.search).get("tour");
  if (wanted === "off") return;
  if (wanted !== null || !localStorage.getItem("rehearsal-tour")) show(Math.max(0, Math.min(STEPS.length, Number(wanted ?? 1) - 1)));
}
