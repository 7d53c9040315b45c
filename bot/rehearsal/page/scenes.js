// A scene: the demo group as the tour leaves it after some steps, and where one stands to look at it. `?scene=vote`
// replays what has not happened yet. The README's pictures are taken of scenes.

import { fill, h } from "./dom.js";
import { now } from "./clock.js";
import { call, store } from "./store.js";
import { become, STEPS, until, visit } from "./steps.js";
import { showPanel } from "./side.js";
import { moveClock } from "./stage.js";

const SCENES = {
  propose: { steps: 1, as: "lucia", channel: "proposals", panel: "people" },
  vote: { steps: 2, as: "aisha", channel: "proposals", panel: "people", minutes: 15 }, // until the ballot shows its standing
  pick: { steps: 3, as: "marta", channel: "announcements", panel: "time" },
  remind: { steps: 4, as: "priya", channel: "announcements", panel: "time" },
  digest: { steps: 5, as: "lucia", panel: "time" },
};
export const wantedScene = () => new URLSearchParams(location.search).get("scene");

// Play the scene of that name; `document.body.dataset.scene` says how far it is.
export async function playScene(name) {
  const corner = document.getElementById("tour");
  const tell = (state, text) => {
    document.body.dataset.scene = state;
    fill(corner, text && h("section", { class: "card", role: "status" }, h("p", {}, text)));
  };
  const scene = SCENES[name];
  if (!scene) {
    tell("failed", `There is no scene “${name}”. There are: ${Object.keys(SCENES).join(", ")}.`);
    return;
  }
  tell("playing", `Playing the scene “${name}”…`);
  try {
    let played = 0;
    for (const step of STEPS.slice(0, scene.steps)) {
      if (await step.there()) continue;
      if (!(await step.act())) throw new Error(`“${step.title}” did not come about`);
      played += 1;
    }
    if (played && scene.minutes) await moveClock({ by: scene.minutes * 60 });
    await become(scene.as);
    if (scene.channel) await visit(scene.channel);
    showPanel(scene.panel);
    document.body.classList.remove("show-side");
    // What is armed is told a moment after what was said: wait for it.
    const { state } = store;
    await call("view_as", { user: store.me });
    await until(() => store.state !== state && document.querySelector("#log .message"));
    await until(() => store.state.armed.every((one) => Date.parse(one.due) > now()), 5);
    tell("done");
  } catch (error) {
    tell("failed", `The scene broke: ${error.message}.`);
  }
}
