// What is shown of an answer, and what is taken for none.
import assert from "node:assert/strict";
import test from "node:test";

import { blocksOf, readReplies } from "../../widget/script/replies.mjs";

const LINE = { name: "In danger now, call", number: "911", dial: "911" };
const read = reply => readReplies([{ text: "Words.", ...reply }])[0];

for (const answer of [
  undefined, null, [], {}, "text", 7, [null], [[]], ["text"], [{}], [{ text: "" }], [{ text: " \n" }], [{ text: 7 }],
  { text: "no list" }, [{ text: "good" }, null], [{ text: "good" }, { buttons: [] }],
]) {
  test(`${JSON.stringify(answer)} is no answer`, () => assert.equal(readReplies(answer), null));
}

test("a plain reply is a lesson without buttons, numbers or sources", () => {
  assert.deepEqual(read({}), {
    language: {}, title: "Words.", lines: [], isSafety: false, buttons: [], sources: [],
    blocks: [{ isList: false, lines: ["Words."] }],
  });
});

test("only the server's own word makes a reply a safety reply", () => {
  assert.equal(read({ kind: "safety" }).isSafety, true);
  for (const kind of ["Safety", "safety ", true, ["safety"], '"><b>']) assert.equal(read({ kind }).isSafety, false);
});

test("numbers come as a block under their title, and their text is not said twice", () => {
  const view = read({ text: "You can call:\nIn danger now, call: 911", referrals: [LINE] });
  assert.deepEqual([view.title, view.lines, view.blocks], ["You can call:", [LINE], []]);
});

for (const referrals of [null, {}, "911", [], [null], [{}], [{ ...LINE, dial: 911 }], [{ ...LINE, name: "" }]]) {
  test(`numbers that are ${JSON.stringify(referrals)} leave the text, which names them`, () => {
    const view = read({ text: "Call 911.", referrals });
    assert.deepEqual([view.lines, view.blocks], [[], [{ isList: false, lines: ["Call 911."] }]]);
  });
}

test("one broken number does not take the others away", () => {
  assert.deepEqual(read({ referrals: [null, LINE, 7] }).lines, [LINE]);
});

test("buttons and sources of a wrong shape are left out", () => {
  const good = { title: "Yes", payload: "/affirm" };
  const view = read({ buttons: [null, good, { title: 1, payload: {} }, { title: "No" }], sources: ["A book", null, 7, {}] });
  assert.deepEqual([view.buttons, view.sources], [[good], ["A book"]]);
  assert.deepEqual(read({ buttons: "x", sources: { length: 1 } }).buttons, []);
});

test("a language is two or three letters, or none", () => {
  assert.deepEqual(read({ lang: "es" }).language, { lang: "es" });
  for (const lang of [undefined, null, "english", "", '"><b>', "ES", ["es"].concat("x")]) {
    assert.deepEqual(read({ lang }).language, {});
  }
});

test("signs that follow one another are one list, between paragraphs", () => {
  assert.deepEqual(blocksOf("These can be signs:\n\u2022 papers taken\n\u2022 a debt\n\nThey are no proof.\n\u2022 last"), [
    { isList: false, lines: ["These can be signs:"] },
    { isList: true, lines: ["papers taken", "a debt"] },
    { isList: false, lines: ["They are no proof."] },
    { isList: true, lines: ["last"] },
  ]);
});
