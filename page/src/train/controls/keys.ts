// Every key of the config.

import type { App } from "../../app";
import { h } from "../../common/dom";
import type { Chosen } from "./chosen";
import { field, shortName } from "./field";

/** Made when it is opened: there are many. */
export function allKeys(app: App, chosen: Chosen): HTMLElement {
  const { keys } = app.description;
  const element = h(
    "details",
    { class: "all-keys" },
    h("summary", {}, `All ${keys.length} keys`),
  );
  let made = false;
  element.addEventListener("toggle", () => {
    if (element.open && !made) {
      made = true;
      element.append(...list(app, chosen));
    }
  });
  return element;
}

function list(app: App, chosen: Chosen): HTMLElement[] {
  const sections = new Map<string, HTMLElement[]>();
  for (const key of app.description.keys) {
    const { element, show } = field(key, (value) => chosen.setKey(key.key, value));
    const reset = h(
      "button",
      {
        type: "button",
        class: "reset",
        "aria-label": `${key.key} as in the preset`,
        onclick: () => {
          chosen.set([], [key.key]);
          element.focus();
        },
      },
      "as in the preset",
    );
    const meanings = key.choices.filter(({ meaning }) => meaning !== "");
    const allowed =
      meanings.length > 0
        ? h(
            "ul",
            {},
            ...meanings.map(({ name, meaning }) => h("li", {}, h("code", {}, name), `: ${meaning}`)),
          )
        : h("p", {}, key.allowed);
    const row = h(
      "div",
      { class: "key", "data-text": `${key.key} ${key.meaning} ${key.allowed}`.toLowerCase() },
      h("label", { for: element.id }, shortName(key.key)),
      element,
      reset,
      h("p", {}, key.meaning),
      allowed,
    );
    chosen.on(() => {
      const changed = chosen.changed().includes(key.key);
      row.classList.toggle("changed", changed);
      reset.hidden = !changed;
      show(chosen.value(key.key), changed && (chosen.refusal?.includes(key.key) ?? false));
    });
    const section = key.key.split(".")[0] ?? "";
    sections.set(section, [...(sections.get(section) ?? []), row]);
  }
  const groups = [...sections].map(([section, rows]) =>
    h("div", { class: "section" }, h("h4", {}, section.replaceAll("_", " ")), ...rows),
  );
  const search = h("input", {
    type: "search",
    placeholder: "Find a key",
    "aria-label": "Find a key",
    oninput: () => {
      const wanted = search.value.trim().toLowerCase();
      for (const group of groups) {
        const rows = [...group.querySelectorAll<HTMLElement>(".key")];
        for (const row of rows) {
          row.hidden = !row.dataset["text"]?.includes(wanted);
        }
        group.hidden = rows.every((row) => row.hidden);
      }
    },
  });
  return [search, ...groups];
}
