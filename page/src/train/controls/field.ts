// An input for a key of the config.

import { h } from "../../common/dom";
import type { KeyDescription, Value } from "../../engine/protocol";

export interface Field {
  element: HTMLInputElement | HTMLSelectElement;
  /** Shows a value, unless the person is about to change it. */
  show(value: Value | undefined, refused: boolean): void;
}

let fields = 0;

/** A choice, a number or a text, as the key asks for; `changed` hears the new value. */
export function field(key: KeyDescription, changed: (value: string) => void): Field {
  const id = `key-${fields++}`;
  const names = key.choices.map(({ name }) => name);
  // Where more is allowed than the choices, they are suggestions.
  const element =
    names.length > 0 && key.allowed === names.join(" | ")
      ? h("select", { id }, ...names.map((name) => h("option", { value: name }, name)))
      : input(id, key);
  element.addEventListener("change", () => {
    const value = element.value.trim();
    if (value !== "") {
      changed(value);
    }
  });
  return {
    element,
    show(value, refused) {
      element.setAttribute("aria-invalid", String(refused));
      if (value !== undefined && (document.activeElement !== element || !refused)) {
        element.value = String(value);
      }
    },
  };
}

function input(id: string, key: KeyDescription): HTMLInputElement {
  const name = key.key;
  if (key.bounds === null) {
    return h("input", { id, name, type: "text", autocomplete: "off", spellcheck: "false" });
  }
  const [min, max] = key.bounds;
  const step = key.allowed.startsWith("a whole number") ? 1 : "any";
  return h("input", { id, name, type: "number", min, max, step, inputmode: "decimal" });
}

/** The name of a key within its section, for people. */
export function shortName(key: string): string {
  return (key.split(".").at(-1) ?? key).replaceAll("_", " ");
}
