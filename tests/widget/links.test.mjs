// What can be pressed in a text, and where it leads.
import assert from "node:assert/strict";
import test from "node:test";

import { linksIn } from "../../widget/script/links.mjs";

const hrefs = text => linksIn(text).filter(piece => piece.href).map(({ href }) => href);
const joined = text => linksIn(text).map(piece => piece.word ?? piece).join("");

for (const [text, href] of [
  ["Call 911.", "tel:911"],
  ["Call or text 988.", "sms:988"],
  ["Text 911 if you cannot speak.", "sms:911"],
  ["340-555-0123", "tel:+13405550123"],
  ["1-340-555-0123!", "tel:+13405550123"],
  ["text 340-555-0123", "sms:+13405550123"],
  ["text 233733", "sms:233733"],
  ["(https://example.org/help).", "https://example.org/help"],
  ["Write to help.now@example.org.", "mailto:help.now@example.org"],
]) {
  test(`"${text}" leads to ${href}`, () => assert.deepEqual(hrefs(text), [href]));
}

for (const text of [
  "", "no number", "51,667 contacts in 2020", "20201", "call 233733", "340-555-01234", "1340-555-0123", "context 9110",
  "javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://example.org", "a@b", "9112",
]) {
  test(`"${text}" leads nowhere`, () => assert.deepEqual(hrefs(text), []));
}

test("no character of a text is lost", () => {
  for (const text of ["", "911", "a 911 b https://example.org/x, text 988; 20201 end", "<b>911</b>\u202e"]) {
    assert.equal(joined(text), text);
  }
});

test("a link ends where markup would begin", () => {
  assert.deepEqual(hrefs('https://example.org/a"onclick=x https://example.org/<b>'), ["https://example.org/a", "https://example.org/"]);
});

test("text is said of the number that follows, not of a later one", () => {
  assert.deepEqual(hrefs("text 988 or 911"), ["sms:988", "tel:911"]);
});
