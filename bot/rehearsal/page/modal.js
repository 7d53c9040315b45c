// Forms that the bot opens.

import { h, icon, toast } from "./dom.js";
import { call } from "./store.js";
import { choices, chooser } from "./components.js";
import { markdown } from "./markdown.js";

const ROW = 1, INPUT = 4, TEXT = 10, LABEL = 18;

export function openForm({ modal, form }) {
  const fields = [];
  const dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" });
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = h("button", { class: "button primary", type: "submit" }, "Submit");
  const send = async (event) => {
    event.preventDefault();
    const bad = fields.find((field) => !field.check());
    if (bad) {
      bad.focus();
      return;
    }
    submit.disabled = true;
    try {
      const values = Object.fromEntries(fields.map((field) => [field.id, field.value()]).filter(([, value]) => value !== undefined));
      const answer = await call("submit", { modal, values });
      dialog.close();
      if (answer?.kind === "modal") openForm(answer);
    } catch (error) {
      problem.textContent = error.message === "The application did not respond" ? "Something went wrong. Try again: the bot did not answer within 3 seconds." : error.message;
      submit.disabled = false;
    }
  };
  const close = h("button", { class: "plain", type: "button", "aria-label": "Close the form", onclick: () => dialog.close() }, icon("close"));
  const shell = h("form", { onsubmit: send, novalidate: true },
    h("header", {}, h("h2", { id: "modal-title" }, form.title), close),
    h("div", { class: "modal-fields" }, form.components.flatMap((one) => draw(one, fields))), problem,
    h("footer", {}, h("button", { type: "button", class: "button ghost", onclick: () => dialog.close() }, "Cancel"), submit));
  dialog.append(shell);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("input, textarea, .chooser")?.focus();
}

function draw(data, fields) {
  if (data.type === ROW) return data.components.map((one) => field(one, { label: one.label }, fields));
  if (data.type === LABEL) return [field(data.component, data, fields)];
  if (data.type === TEXT) return [h("div", { class: "text" }, markdown(data.content))];
  return [h("p", { class: "problem" }, "This kind of field is not part of the rehearsal.")];
}

function field(data, { label, description }, fields) {
  const required = data.required ?? true;
  const head = [h("span", { class: "label" }, label, required && h("b", { title: "needed" }, " *")), description && h("small", {}, description)];
  if (data.type === INPUT) {
    const input = h(data.style === 2 ? "textarea" : "input", { placeholder: data.placeholder ?? "", maxlength: String(data.max_length ?? 4000), rows: data.style === 2 ? 5 : undefined, "aria-required": String(required) });
    input.value = data.value ?? "";
    const note = h("small", { class: "note" });
    const check = () => {
      const { length } = input.value;
      const few = length > 0 && length < (data.min_length ?? 0);
      note.textContent = required && !length ? "This is needed." : few ? `At least ${data.min_length} characters.` : "";
      input.setAttribute("aria-invalid", String(Boolean(note.textContent)));
      return !note.textContent;
    };
    fields.push({ id: data.custom_id, value: () => input.value || undefined, check, focus: () => input.focus() });
    return h("label", { class: "field" }, head, input, note);
  }
  const options = choices(data);
  let picked = options.filter((option) => option.chosen);
  const control = chooser({ options, chosen: picked, placeholder: data.placeholder ?? "Make a selection", least: required ? data.min_values ?? 1 : 0, most: data.max_values ?? 1, done: (_, values) => { picked = values; } });
  const check = () => {
    if (!required || picked.length) return true;
    toast(`${label}: pick something.`);
    return false;
  };
  fields.push({ id: data.custom_id, value: () => (picked.length ? picked.map((option) => option.value) : undefined), check, focus: () => control.focus() });
  return h("div", { class: "field" }, head, control);
}
