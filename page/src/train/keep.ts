// Keeping a training under a name.

import type { App } from "../app";
import { fill, h } from "../common/dom";
import type { Choices } from "../engine/protocol";

export interface KeepForm {
  button: HTMLButtonElement;
  form: HTMLElement;
  update(): void;
}

export function keepForm(app: App): KeepForm {
  const { engine, store } = app;
  const name = h("input", { type: "text", "aria-label": "Name of the run", maxlength: 80 });
  const done = h("p", { class: "kept", role: "status" });
  const close = (focus: boolean) => {
    form.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focus) {
      button.focus();
    }
  };
  const keep = async () => {
    const text = name.value.trim() || "a run";
    close(true);
    try {
      await engine.keep(text);
      const compare = (event: Event) => (event.preventDefault(), store.set({ view: "compare" }));
      fill(done, `Kept as ${text}. `, h("a", { href: "#view=compare", onclick: compare }, "Compare"));
    } catch (error) {
      fill(done, `It cannot be kept: ${(error as Error).message}`);
    }
  };
  const form = h(
    "form",
    {
      class: "keep",
      hidden: true,
      onsubmit: (event) => {
        event.preventDefault();
        void keep();
      },
    },
    name,
    h("button", { type: "submit" }, "Keep"),
  );
  form.addEventListener("keydown", ({ key }) => key === "Escape" && close(true));
  const button = h(
    "button",
    {
      type: "button",
      "aria-expanded": "false",
      title: "Keep this run with its best weights, to compare it with others",
      onclick: () => {
        form.hidden = !form.hidden;
        button.setAttribute("aria-expanded", String(!form.hidden));
        fill(done);
        if (!form.hidden && engine.training) {
          name.value = nameOf(engine.training.choices);
          name.focus();
          name.select();
        }
      },
    },
    "Keep",
  );
  return {
    button,
    form: h("div", { class: "keeping" }, form, done),
    update: () => {
      button.disabled = engine.training === null || engine.training.step === 0;
    },
  };
}

/** What was chosen in few words: `strong, layers=2`. */
export function nameOf({ preset, set }: Choices): string {
  return [preset, ...set.map((text) => text.replace(/^\w+\./, ""))].join(", ");
}
