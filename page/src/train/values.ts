// Values of a config by key.

import type { App } from "../app";
import type { ConfigSummary, Value } from "../engine/protocol";

export function valueOf({ description }: App, config: ConfigSummary, key: string): Value | undefined {
  return config.values[description.keys.findIndex((other) => other.key === key)];
}

/** Whether the loss is the cross-entropy, and so comparable with that of the limit. */
export function isEntropy(app: App, config: ConfigSummary): boolean {
  return valueOf(app, config, "loss.kind") === "cross_entropy";
}
