// What the choices come out as: what was changed, how large it is, what is refused.

import type { App } from "../../app";
import { fill, h } from "../../common/dom";
import { count, percent } from "../../common/figures";
import type { ConfigSummary } from "../../engine/protocol";
import type { Chosen } from "./chosen";

export function verdict(app: App, chosen: Chosen): HTMLElement {
  const refusal = h("p", { class: "refusal", role: "alert" });
  const size = h("p", { class: "size" });
  const notes = h("ul", { class: "notes" });
  const changes = h("ul", { class: "changes", "aria-label": "Changed from the preset" });
  const element = h("div", { class: "verdict" }, size, refusal, notes, changes);
  chosen.on(() => {
    const { summary } = chosen;
    refusal.hidden = chosen.refusal === null;
    fill(refusal, chosen.refusal);
    element.classList.toggle("refused", chosen.refusal !== null);
    fill(size, summary && chosen.refusal === null ? sizeOf(summary) : null);
    const said = chosen.refusal === null ? (summary?.notes ?? []) : [];
    fill(notes, ...said.map((note) => h("li", {}, note)));
    fill(changes, ...changeChips(app, chosen));
  });
  return element;
}

function sizeOf({ parameters, steps, phases }: ConfigSummary): string {
  const names = Object.entries(phases)
    .filter(([, share]) => share > 0)
    .map(([name, share]) => `${name} ${percent(share)}`);
  return `${count(parameters)} parameters, ${count(steps)} steps; in the end ${names.join(", ")}`;
}

/** Each change with a button that takes it back. */
function changeChips(app: App, chosen: Chosen): HTMLElement[] {
  const changed = chosen.changed().sort();
  const chips = changed.map((key) => {
    const undo = () => chosen.set([], [key]);
    const label = `Take back ${key}`;
    return h(
      "li",
      {},
      h("code", {}, `${key}=${app.store.now.set[key]}`),
      h("button", { type: "button", "aria-label": label, title: label, onclick: undo }, "×"),
    );
  });
  if (changed.length < 2) {
    return chips;
  }
  const all = () => chosen.set([], changed);
  return [...chips, h("li", {}, h("button", { type: "button", onclick: all }, "take back all"))];
}
