// The rehearsal page: a chat client of which one can be every member, with a clock of its own.

import { h } from "./dom.js";
import { connect, on } from "./store.js";
import "./chat.js";
import "./places.js";
import "./composer.js";
import "./side.js";
import { beginTour } from "./tour.js";

const wanted = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("rehearsal-theme");
if (wanted === "light" || wanted === "dark") document.documentElement.dataset.theme = wanted;

const lost = h("div", { class: "lost", role: "alert", hidden: true }, "The rehearsal server is not answering. Trying again…");
document.body.append(lost);
let started = false;
on("connected", (there) => {
  lost.hidden = there || !started;
});
on("arrived", () => {
  if (!started) beginTour();
  started = true;
  document.body.dataset.ready = "yes";
});

// A press outside a drawer closes it.
document.addEventListener("pointerdown", ({ target }) => {
  for (const [id, name] of [["places", "show-places"], ["side", "show-side"]]) {
    if (document.body.classList.contains(name) && !target.closest(`#${id}, #servers, .popup, .narrow, dialog`)) document.body.classList.remove(name);
  }
});

const bar = document.getElementById("timebar");
new ResizeObserver(() => document.body.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar);

connect();
