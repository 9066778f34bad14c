// The state that a link carries: which view, what was chosen, which terms are asked about.

import type { Choices } from "../engine/protocol";

export const VIEWS = ["train", "ask", "compare"] as const;
export type ViewName = (typeof VIEWS)[number];

/** What the address says. */
export interface Address {
  view: ViewName;
  preset: string;
  /** Assignments on top of the preset, by key (`section.key`), the seed among them. */
  set: Record<string, string>;
  /** The terms of the question, as they were typed. */
  terms: string;
}

/** Where nothing is said. */
export const DEFAULT: Address = {
  view: "train",
  preset: "quick",
  set: {},
  terms: "1, 1, 2, 3, 5, 8, 13, 21",
};

const SET = "set.";

/** Reads the part of an address behind `#`. What it does not know is left out. */
export function read(hash: string): Address {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const address: Address = { ...DEFAULT, set: {} };
  for (const [name, value] of parameters) {
    if (name === "view" && (VIEWS as readonly string[]).includes(value)) {
      address.view = value as ViewName;
    } else if (name === "preset" || name === "terms") {
      address[name] = value;
    } else if (name.startsWith(SET)) {
      address.set[name.slice(SET.length)] = value;
    }
  }
  return address;
}

/** Writes what differs from the default. */
export function write(address: Address): string {
  const parameters = new URLSearchParams();
  for (const name of ["view", "preset", "terms"] as const) {
    if (address[name] !== DEFAULT[name]) {
      parameters.set(name, address[name]);
    }
  }
  for (const key of Object.keys(address.set).sort()) {
    parameters.set(SET + key, address.set[key] ?? "");
  }
  const text = parameters.toString();
  return text === "" ? "" : `#${text}`;
}

/** The config that the address describes. */
export function choices({ preset, set }: Address): Choices {
  return { preset, set: Object.entries(set).map(([key, value]) => `${key}=${value}`) };
}
