// The story of the demo group, step by step: what the tour does for a visitor, and what a scene replays.

import { now } from "./clock.js";
import { allChannels, call, go, store } from "./store.js";
import { moveClock } from "./stage.js";

const PAPER = "https://arxiv.org/abs/2103.00065";
const AREAS = ["optimisation-and-dynamics", "generalisation-and-robustness", "architectures-and-efficiency", "practical-efficiency"];
const channel = (name) => allChannels().find((one) => one.name === name)?.id;
const user = (name) => Object.values(store.users).find((one) => one.username === name)?.id;
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)); // so that it can be seen

export async function until(condition, seconds = 20) {
  const end = performance.now() + seconds * 1000;
  while (!condition() && performance.now() < end) await pause(60);
  return condition();
}

// Become somebody and wait until the page shows their view.
export async function become(name) {
  const id = user(name);
  if (!id || id === store.me) return;
  await call("view_as", { user: id });
  await until(() => store.me === id);
}

export async function visit(name) {
  const id = channel(name);
  if (id && store.channel !== id) go(id);
  await until(() => store.logs.get(id)?.loaded);
  return store.logs.get(id);
}

const fromBot = (log) => [...(log?.byId.values() ?? [])].filter((message) => message.author.bot && !message.ephemeral);
const said = async (name) => fromBot(await visit(name));
const heard = (name) => fromBot(store.logs.get(channel(name)));
const votes = (message) => Math.max(0, ...(message.reactions ?? []).map((one) => one.count));
const ballot = async () => (await said("proposals")).findLast((message) => message.embeds.length && message.reactions?.length);
const command = (name, options) => call("slash", { channel: store.channel, command: name, options });
const offered = async (name) => (await call("commands", { channel: store.channel })).some((one) => one.name === name);
export const at = (message) => allChannels().find((one) => one.id === message.channel_id)?.name ?? "";

const reminds = (message) => message.author.bot && /^(now|tomorrow|starting|in \d+ \w+)\b/i.test(message.embeds[0]?.title ?? "");

// Choose by votes, where the bot can: the paper goes to the session that has none yet.
async function pick() {
  const { message } = await command("pick", {});
  const log = store.logs.get(store.channel);
  await until(() => log.byId.get(message)?.components.length);
  const button = (log.byId.get(message)?.components ?? []).flatMap((row) => row.components).find((one) => one.style === 3 && one.custom_id);
  if (button) await call("press", { channel: store.channel, message, custom_id: button.custom_id });
}

// `act` does a step, `done` recognises a message that shows it done, `there` whether it was done before.
export const STEPS = [
  {
    title: "Propose a paper",
    text: "Lucía likes a paper. She pastes its link; the bot looks it up at arXiv and posts a ballot.",
    hint: "By hand: type /propose and press Enter.",
    async act() {
      await become("lucia");
      await visit("general");
      await command("propose", { paper: PAPER, why: "Why does training hover at the edge?" });
      await visit("proposals");
      return until(() => heard("proposals").some((message) => message.reactions?.length));
    },
    there: async () => Boolean(await ballot()),
    done: (message) => message.author.bot && at(message) === "proposals" && !message.ephemeral,
  },
  {
    title: "Vote as three people",
    text: "A vote is a reaction. Three members give theirs, each as themselves.",
    hint: "By hand: act as somebody at the right, then press 👍.",
    async act() {
      await visit("proposals");
      await until(() => heard("proposals").some((message) => message.reactions?.length), 5);
      const found = await ballot();
      if (!found) throw new Error("There is no ballot yet: do the first step.");
      for (const name of ["jonas", "aisha", "tomas"]) {
        await become(name);
        await visit("proposals");
        await pause(300);
        await call("react", { channel: found.channel_id, message: found.id, emoji: "👍", on: true });
      }
      return until(() => heard("proposals").some((message) => votes(message) > 3));
    },
    there: async () => (await said("proposals")).some((message) => votes(message) > 3),
    done: (message) => at(message) === "proposals" && votes(message) > 3,
  },
  {
    title: "Put it on the calendar",
    text: "Marta, an organiser, gives it to the next session. The bot announces it in everybody's own time.",
    hint: "By hand: act as Marta and use /session plan.",
    async act() {
      await become("marta");
      await visit("announcements");
      const chooses = await offered("pick");
      await command("session plan", { when: "monday 17:00", presenter: { user: user("aisha") }, ...(!chooses && { paper: PAPER }) });
      const announced = await until(() => heard("announcements").length > 0);
      if (chooses) await pick();
      return announced;
    },
    there: async () => (await said("announcements")).length > 0,
    done: (message) => at(message) === "announcements" && message.author.bot && !message.ephemeral,
  },
  {
    title: "Jump to the reminder",
    text: "Move the group's clock to the next thing that happens. Everything on the way happens, in order.",
    hint: "By hand: press Next in the bar at the top.",
    async act() {
      await visit("announcements");
      const told = () => heard("announcements").filter(reminds).length;
      const before = told();
      for (let turn = 0; turn < 40; turn += 1) {
        if (!(await moveClock({ next: true }))) return false;
        if (await until(() => told() > before, 0.4)) return true;
      }
      return false;
    },
    there: async () => (await said("announcements")).some(reminds),
    done: (message) => at(message) === "announcements" && reminds(message),
  },
  {
    title: "Read the digest",
    text: "On weekday mornings each area's channel gets the day's new papers, best first.",
    hint: "By hand: open a channel under “New on arXiv”.",
    async act() {
      for (let turn = 0; turn < 10; turn += 1) {
        for (const area of AREAS) if ((await said(area)).length) return true;
        if (!(await moveClock(store.state.next_due ? { next: true } : { to: new Date(now() + 86400000).toISOString() }))) return false;
        await pause(500);
      }
      return false;
    },
    there: async () => false, // whoever asks for it wants to be led there
    done: (message) => message.author.bot && AREAS.includes(at(message)),
  },
];
