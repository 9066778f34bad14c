// What is chosen in the controls, and what the engine says to it.

import type { App } from "../../app";
import type { ConfigSummary, Value } from "../../engine/protocol";
import { choices } from "../../state/address";

export class Chosen {
  /** What the choices come out as; of the last choices that were accepted. */
  summary: ConfigSummary | null = null;
  /** Why the engine refuses the choices of now. */
  refusal: string | null = null;
  private asked = 0;
  private readonly places: Map<string, number>;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly app: App) {
    this.places = new Map(app.description.keys.map(({ key }, i) => [key, i]));
    app.store.on((now, before) => {
      if (now.preset !== before.preset || now.set !== before.set) {
        void this.ask();
      }
    });
    void this.ask();
  }

  /** Calls `listener` after each answer of the engine, and now. */
  on(listener: () => void): void {
    this.listeners.add(listener);
    listener();
  }

  /** The value of a key in the preset. */
  ofPreset(key: string): Value | undefined {
    const preset = this.app.description.presets.find(({ name }) => name === this.app.store.now.preset);
    return preset?.values[this.places.get(key) ?? -1];
  }

  /** The value of a key: as the engine says, or as it was typed while it refuses. */
  value(key: string): Value | undefined {
    const resolved = this.summary?.values[this.places.get(key) ?? -1];
    return this.refusal === null ? resolved : (this.app.store.now.set[key] ?? resolved);
  }

  /** Keys that are set on top of the preset. */
  changed(): string[] {
    return Object.keys(this.app.store.now.set);
  }

  /** Sets keys, and leaves others to the preset. */
  set(values: Iterable<readonly [string, string]>, forgotten: Iterable<string> = []): void {
    const set = { ...this.app.store.now.set };
    for (const key of forgotten) {
      delete set[key];
    }
    for (const [key, value] of values) {
      set[key] = value;
    }
    this.app.store.set({ set });
  }

  /** Sets a key, or leaves it to the preset, where it is the same. */
  setKey(key: string, value: string): void {
    const preset = this.ofPreset(key);
    if (preset !== undefined && same(preset, value)) {
      this.set([], [key]);
    } else {
      this.set([[key, value]]);
    }
  }

  private async ask(): Promise<void> {
    const asked = ++this.asked;
    let summary: ConfigSummary | null = null;
    let refusal: string | null = null;
    try {
      summary = await this.app.engine.ask("config", { config: choices(this.app.store.now) });
    } catch (error) {
      refusal = (error as Error).message.replace(/^--set: /, "");
    }
    if (asked === this.asked) {
      this.summary = summary ?? this.summary;
      this.refusal = refusal;
      for (const listener of this.listeners) {
        listener();
      }
    }
  }
}

/** Whether a text stands for a value. */
export function same(value: Value, text: string): boolean {
  return String(value) === text || (typeof value === "number" && text !== "" && Number(text) === value);
}
