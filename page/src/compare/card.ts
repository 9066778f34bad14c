// A run with what can be done with it: rename, download, train on, remove.

import type { App } from "../app";
import { toneClass } from "../charts/data";
import { fill, h } from "../common/dom";
import { count, duration, percent } from "../common/figures";
import { twoStep } from "../common/two-step";
import type { Choices } from "../engine/protocol";
import { type Address, choices, write } from "../state/address";
import type { Entry } from "./entries";

export function card(app: App, entry: Entry): HTMLElement {
  const { engine, store } = app;
  const { id, name, tone, dash } = entry;
  const message = h("p", { class: "message", role: "status" });
  const attempt = async (action: () => Promise<void>) => {
    fill(message);
    try {
      await action();
    } catch (error) {
      fill(message, (error as Error).message);
    }
  };
  const swatch = h("span", { class: `swatch${dash ? ` dash-${dash}` : ""}`, "aria-hidden": "true" });
  if (id === null) {
    return h(
      "li",
      { class: `panel ${toneClass(tone)}` },
      h("div", { class: "name" }, swatch, h("b", {}, name)),
      h("p", { class: "about" }, entry.choices && chosen(entry.choices)),
      h("p", { class: "quiet" }, "Keep it in Train, to have it here when another one has begun."),
    );
  }
  const model = `kept-${id}`;
  const download = async () => {
    const url = URL.createObjectURL(await engine.weights(model));
    h("a", { href: url, download: fileName(name) }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  const same = addressOf(entry);
  const trainOn = async () => {
    await engine.start(entry.choices ?? choices(store.now), model);
    engine.run();
    store.set({ view: "train", ...same });
  };
  const dropped = () => {
    const steps = engine.training?.step ?? 0;
    return steps > 1000 ? `Drop ${count(steps)} steps of the training under way?` : null;
  };
  const onward = twoStep("Train from these weights", dropped, () => void attempt(trainOn));
  onward.title = entry.choices
    ? "Begins a training with the choices of this run and its weights"
    : "Begins a training with the choices of the view Train and these weights";
  const remove = twoStep("Remove", () => `Remove ${name}?`, () => engine.remove(id));
  return h(
    "li",
    { class: `panel ${toneClass(tone)}`, "data-run": id },
    h("div", { class: "name" }, swatch, nameInput(name, (text) => engine.rename(id, text))),
    h("p", { class: "about" }, about(entry)),
    h(
      "div",
      { class: "actions" },
      h(
        "button",
        {
          type: "button",
          title: "A file that ninth predict --model FILE reads",
          onclick: () => void attempt(download),
        },
        "Download weights",
      ),
      onward,
      same &&
        h(
          "a",
          {
            href: write({ ...store.now, view: "train", ...same }),
            onclick: (event) => (event.preventDefault(), store.set({ view: "train", ...same })),
          },
          "Same choices",
        ),
      remove,
    ),
    message,
  );
}

/** The name, which becomes another one when it is changed. */
function nameInput(name: string, changed: (name: string) => void): HTMLInputElement {
  const input = h("input", { type: "text", value: name, "aria-label": `Name of ${name}`, maxlength: 80 });
  input.addEventListener("change", () => {
    const text = input.value.trim();
    if (text !== "" && text !== name) {
      changed(text);
    }
    input.value = text || name;
  });
  input.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") {
      input.value = name;
    }
    if (key === "Escape" || key === "Enter") {
      input.blur();
    }
  });
  return input;
}

function chosen({ preset, set }: Choices): string {
  return [preset, ...set].join(", ");
}

function about({ choices, steps, seconds, curves }: Entry): string {
  const share = curves.last("validation/accuracy_last");
  return [
    choices === null ? "uploaded" : chosen(choices),
    `${count(steps)} steps`,
    seconds > 0 ? duration(seconds) : null,
    share === undefined ? null : `${percent(share)} of ninth terms right`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** The part of an address that makes the choices of a run. */
function addressOf({ choices }: Entry): Pick<Address, "preset" | "set"> | null {
  if (choices === null) {
    return null;
  }
  const set = choices.set.map((text) => {
    const [key = "", ...value] = text.split("=");
    return [key, value.join("=")] as const;
  });
  return { preset: choices.preset, set: Object.fromEntries(set) };
}

function fileName(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, "");
  return `${plain || "weights"}.safetensors`;
}
