import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./support/typescript.mjs";

const { DEFAULT, choices, read, write } = await load("state/address.ts");

test("an address that says nothing is the default, which is written as nothing", () => {
  assert.deepEqual(read(""), DEFAULT);
  assert.deepEqual(read("#"), DEFAULT);
  assert.equal(write(DEFAULT), "");
});

test("what is written is read again", () => {
  const addresses = [
    { view: "ask", preset: "design", set: { "training.seed": "7" }, terms: "1, 2, 4" },
    { ...DEFAULT, set: { "embedding.kind": "learned+frequency", "model.layers": "3" } },
    { ...DEFAULT, terms: "a & b = c # d % e + f ü 1️⃣" },
    { ...DEFAULT, terms: "" },
    { ...DEFAULT, set: { "a.b": "", "c.d": "x=y" } },
  ];
  for (const address of addresses) {
    assert.deepEqual(read(write(address)), address);
  }
});

test("keys are written in their order, so that the same choices are the same address", () => {
  const one = write({ ...DEFAULT, set: { "b.b": "1", "a.a": "2" } });
  assert.equal(one, write({ ...DEFAULT, set: { "a.a": "2", "b.b": "1" } }));
  assert.equal(one, "#set.a.a=2&set.b.b=1");
});

test("what is not known is left out", () => {
  assert.deepEqual(read("#view=nowhere&other=1&set=2"), DEFAULT);
});

test("reading does not change the default", () => {
  read("#set.model.layers=3&preset=design");
  assert.deepEqual(DEFAULT.set, {});
  assert.deepEqual(read(""), DEFAULT);
});

test("choices are assignments on top of the preset", () => {
  const address = read("#preset=strong&set.model.layers=3&set.training.seed=2");
  assert.deepEqual(choices(address), { preset: "strong", set: ["model.layers=3", "training.seed=2"] });
});
