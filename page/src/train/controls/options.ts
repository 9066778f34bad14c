// The options of a decision: which one is the current one, and what choosing another one sets.

import measured, { type Figure, type MeasuredDecision } from "ninth:measured";

import type { App } from "../../app";
import type { DecisionDescription } from "../../engine/protocol";
import { type Chosen, same } from "./chosen";

type Option = DecisionDescription["options"][number];
type Share = MeasuredDecision["share"];

export class DecisionOptions {
  /** Options that stand by themselves. */
  readonly options: Option[];
  /** The keys that they assign. */
  readonly keys: string[];

  constructor(
    private readonly app: App,
    private readonly chosen: Chosen,
    readonly decision: DecisionDescription,
  ) {
    this.options = decision.options.filter(({ relative }) => !relative);
    this.keys = [...new Set(this.options.flatMap((option) => pairs(option).map(([key]) => key)))];
  }

  /**
   * The option whose assignments all hold. Of several that one which says most: in which the most
   * differs from the preset, and then the one with the most assignments.
   */
  current(): Option | undefined {
    const weight = (option: Option) => {
      const all = pairs(option);
      const other = all.filter(([key, value]) => !this.isOfPreset(key, value));
      return 100 * other.length + all.length;
    };
    return this.options
      .filter((option) => pairs(option).every(([key, value]) => this.holds(key, value)))
      .reduce<Option | undefined>(
        (best, option) => (best && weight(best) >= weight(option) ? best : option),
        undefined,
      );
  }

  /** What stands where none of the options is the current one: the value of the only key. */
  otherwise(): string {
    const [key, ...more] = this.keys;
    const value = key !== undefined && more.length === 0 ? this.chosen.value(key) : "none of these";
    return String(value).replaceAll("_", " ");
  }

  choose(name: string): void {
    const option = this.options.find((option) => option.name === name);
    if (!option) {
      return;
    }
    const before = this.current();
    const left = before ? pairs(before).map(([key]) => key) : [];
    const all = pairs(option);
    if (all.every(([key, value]) => this.isOfPreset(key, value))) {
      this.chosen.set([], [...left, ...this.keys]);
    } else {
      this.chosen.set(all, left);
    }
  }

  /** What the options were measured to be worth, beside the preset that is nearest. */
  measured(): { preset: string; reason: string; share: Share; rows: { name: string; figure: Figure }[] } | null {
    const found = measured[this.decision.name];
    if (!found) {
      return null;
    }
    const preset = this.app.store.now.preset === "design" ? "design" : "strong";
    const rows = found.options.flatMap(({ name, [preset]: figure }) =>
      figure ? [{ name, figure }] : [],
    );
    return { preset, reason: found.reason, share: found.share, rows };
  }

  /** What an option means, where the key that it sets says so. */
  meaning(option: Option): string {
    const meanings = pairs(option).map(([key, value]) => {
      const choices = this.app.description.keys.find((other) => other.key === key)?.choices;
      return choices?.find(({ name }) => name === value)?.meaning ?? "";
    });
    return meanings.find((meaning) => meaning !== "") ?? "";
  }

  private holds(key: string, text: string): boolean {
    const value = this.chosen.value(key);
    return value !== undefined && same(value, text);
  }

  private isOfPreset(key: string, text: string): boolean {
    const value = this.chosen.ofPreset(key);
    return value !== undefined && same(value, text);
  }
}

/** The assignments of an option as keys and values. */
function pairs({ assignments }: Option): [string, string][] {
  return assignments.map((text) => {
    const [key = "", ...value] = text.split("=");
    return [key, value.join("=")];
  });
}
