// Enter sends, Shift three times leaves, and neither happens to somebody who only writes.
import assert from "node:assert/strict";
import test from "node:test";

import { isSend, SHIFT_WITHIN, ShiftCounter } from "../../widget/script/keys.mjs";

const press = (counter, key, timeStamp, repeat = false) => counter.count({ key, timeStamp, repeat });

test("Enter sends; with Shift, within a composed word, or as another key it does not", () => {
  assert.equal(isSend({ key: "Enter" }), true);
  assert.equal(isSend({ key: "Enter", shiftKey: true }), false);
  assert.equal(isSend({ key: "Enter", isComposing: true }), false);
  assert.equal(isSend({ key: "e" }), false);
});

test("Shift counts up to three", () => {
  const counter = new ShiftCounter();
  assert.deepEqual([1, 2, 3].map(time => press(counter, "Shift", time)), [1, 2, 3]);
});

test("a letter in between begins anew, as when capitals are written", () => {
  const counter = new ShiftCounter();
  for (const key of ["Shift", "H", "Shift", "I", "Shift", "!"]) assert.ok(press(counter, key, 1) < 2);
});

test("Shift that is held down counts once", () => {
  const counter = new ShiftCounter();
  press(counter, "Shift", 0);
  assert.equal(press(counter, "Shift", 1, true), 0);
  assert.equal(press(counter, "Shift", 2), 2);
});

test("presses that are too far apart do not add up", () => {
  const counter = new ShiftCounter();
  press(counter, "Shift", 0);
  press(counter, "Shift", SHIFT_WITHIN - 1);
  assert.equal(press(counter, "Shift", SHIFT_WITHIN), 2);
  assert.equal(press(counter, "Shift", 9 * SHIFT_WITHIN), 1);
});

test("a tap begins anew", () => {
  const counter = new ShiftCounter();
  press(counter, "Shift", 0);
  press(counter, "Shift", 1);
  counter.reset();
  assert.equal(press(counter, "Shift", 2), 1);
});
