import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";

import { measured } from "../measured.mjs";

const text = await readFile(join(import.meta.dirname, "../../docs/DECISIONS.md"), "utf8");

test("every marked decision of the document has a heading, a reason and figures", () => {
  const found = measured(text);
  const marks = [...text.matchAll(/^<!-- (\w+) -->$/gm)].map(([, name]) => name).filter((name) => !["how", "end"].includes(name));
  assert.deepEqual(Object.keys(found).sort(), [...new Set(marks)].sort());
  assert.ok(marks.length >= 20, `only ${marks.length} decisions`);
  for (const [name, { heading, reason, options }] of Object.entries(found)) {
    assert.match(heading, /\S/, `${name}: no heading`);
    assert.match(reason, /^[A-Z0-9].{10,}[.!?:]$/, `${name}: no sentence as its reason: ${reason}`);
    assert.doesNotMatch(reason, /[*`|]/, `${name}: marks in its reason: ${reason}`);
    assert.ok(options.length > 1, `${name}: ${options.length} options`);
    const figures = options.flatMap(({ design, strong }) => [design, strong].filter(Boolean));
    assert.ok(figures.length > 0, `${name}: no figures`);
    for (const { ninth } of figures) {
      assert.ok(ninth >= 0 && ninth <= 100, `${name}: ${ninth} per cent`);
    }
    for (const preset of ["design", "strong"]) {
      const chosen = options.filter((option) => option[preset]?.chosen).length;
      assert.ok(chosen <= 1, `${name}: ${chosen} options are chosen by ${preset}`);
    }
  }
});

test("a table is read as it is written", () => {
  const found = measured(
    [
      "### Size",
      "**Small** is `fast`! It is not much else.",
      "<!-- size -->",
      "|  | design: ninth | against | strong: ninth |\n|---|---:|---:|---:|\n| very small | **7.2 ± 0.8** |  | – |\n| large | 5.0 | -2.2 | 62.0 ± 1.9 |",
      "<!-- end -->",
    ].join("\n\n"),
  );
  assert.deepEqual(found, {
    size: {
      heading: "Size",
      reason: "Small is fast!",
      share: "ninth",
      options: [
        { name: "very_small", design: { ninth: 7.2, deviation: 0.8, chosen: true } },
        {
          name: "large",
          design: { ninth: 5, deviation: NaN, chosen: false },
          strong: { ninth: 62, deviation: 1.9, chosen: false },
        },
      ],
    },
  });
});

test("shares of continuations are told from those of ninth terms", () => {
  const { generation, layers } = measured(text);
  assert.equal(generation.share, "continued");
  assert.equal(layers.share, "ninth");
});

test("a mark without a table is an error that names it", () => {
  assert.throws(() => measured("### Size\n\nSmall.\n\n<!-- size -->\n\nNothing."), /<!-- size -->/);
});
