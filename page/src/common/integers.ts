// Integers of any size in little room.

import type { Integer } from "../engine/protocol";

/** The digits of an integer, with its middle left out where it has more than `most` characters. */
export function shortened(integer: Integer, most = 14): string {
  const text = String(integer).replace(/^-/, "−");
  if (text.length <= most) {
    return text;
  }
  const kept = most - 1;
  return `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(-Math.floor(kept / 2))}`;
}

/** The whole integer with the number of its digits, where `shortened` leaves some out. */
export function inFull(integer: Integer, most = 14): string | null {
  const text = String(integer);
  return text.length <= most ? null : `${text} (${text.replace("-", "").length} digits)`;
}
