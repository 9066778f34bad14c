// What is asked: terms, and whom.

import { fill, h } from "../common/dom";
import type { KeptRun, ModelName } from "../engine/protocol";
import { EXAMPLES } from "./examples";
import { sentence } from "./parts";

/** Milliseconds after the last key until the terms are asked about. */
const PAUSE = 300;
const BUILT_IN: ModelName = "built-in";
const TRAINING: ModelName = "training";

export interface Asked {
  /** The terms have changed, or are asked about again. */
  terms(text: string): void;
  model(name: ModelName): void;
}

export function questionForm(asked: Asked) {
  const input = h("input", {
    id: "ask-terms",
    class: "terms",
    type: "text",
    inputmode: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": "ask-error",
  });
  const select = h("select", { id: "ask-model", onchange: () => asked.model(select.value) });
  const status = h("p", { class: "status quiet", role: "status" });
  const error = h("div", { class: "error", id: "ask-error", role: "status" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    clearTimeout(timer);
    asked.terms(input.value);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  const examples = EXAMPLES.map(({ name, terms }) =>
    h(
      "button",
      {
        type: "button",
        title: terms.length > 60 ? `${terms.slice(0, 60)}…` : terms,
        onclick: () => {
          input.value = terms;
          ask();
        },
      },
      name,
    ),
  );
  const element = h(
    "form",
    { class: "question", onsubmit: (event) => (event.preventDefault(), ask()) },
    h("label", { for: "ask-terms" }, "Terms of a sequence"),
    h("div", { class: "line" }, input, h("button", { class: "primary" }, "Ask")),
    error,
    h("div", { class: "examples", role: "group", "aria-label": "Examples" }, ...examples),
    h("div", { class: "whom" }, h("label", { for: "ask-model" }, "Model"), select, status),
  );
  return {
    element,
    input,
    /** Shows terms that were set elsewhere. */
    set(text: string) {
      if (input.value !== text) {
        clearTimeout(timer);
        input.value = text;
      }
    },
    /** The models that can be asked; `now` if it is still among them, else the built-in one. */
    models(training: boolean, runs: KeptRun[], now: ModelName): ModelName {
      const all: [ModelName, string][] = [[BUILT_IN, "The built-in model"]];
      if (training) {
        all.push([TRAINING, "The training of this page, as it is now"]);
      }
      all.push(...runs.map(({ id, name }): [ModelName, string] => [`kept-${id}`, `Kept: ${name}`]));
      const chosen = all.some(([name]) => name === now) ? now : BUILT_IN;
      fill(select, ...all.map(([name, text]) => h("option", { value: name, selected: name === chosen }, text)));
      return chosen;
    },
    status(text: string) {
      if (status.textContent !== text) {
        fill(status, text);
      }
    },
    /** The engine's reason; its lines behind the first mark the place in the terms. */
    error(message: string | null) {
      const [, ...marks] = (message ?? "").split("\n");
      input.toggleAttribute("aria-invalid", false);
      if (message !== null) {
        input.setAttribute("aria-invalid", "true");
      }
      fill(
        error,
        message !== null && h("p", {}, sentence(message)),
        marks.length > 0 && h("pre", { class: "scroll" }, marks.join("\n")),
      );
    },
  };
}
