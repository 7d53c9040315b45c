// The first minute: the story's steps, each done by one press or by hand.

import { fill, h, icon, toast } from "./dom.js";
import { on, store } from "./store.js";
import { playScene, wantedScene } from "./scenes.js";
import { STEPS } from "./steps.js";

const corner = document.getElementById("tour");
let step = null; // null: closed
let acting = false;
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
    acting = true; // what the step brings about shows it done only when all of it is
    button.classList.add("busy");
    try {
      if (await act()) finished.add(mine);
      else toast("That did not come about. Is something under Trouble still on?");
    } catch (error) {
      toast(error.message);
    }
    acting = false;
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
  if (step === null || acting || !STEPS[step]?.done(message) || finished.has(step)) return;
  finished.add(step);
  draw();
});
on("tour", () => show(step === null ? 0 : null));

export function beginTour() {
  if (!store.tour) return;
  const scene = wantedScene();
  if (scene !== null) {
    playScene(scene);
    return;
  }
  const wanted = new URLSearchParams(location.search).get("tour");
  if (wanted === "off") return;
  if (wanted !== null || !localStorage.getItem("rehearsal-tour")) show(Math.max(0, Math.min(STEPS.length, Number(wanted ?? 1) - 1)));
}
