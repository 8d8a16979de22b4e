// A conversation with a server that answers, fails, hangs or is gone.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import test, { beforeEach } from "node:test";

import { Talk } from "../../widget/script/talk.mjs";

const BASE = "https://chat.example.org/webhooks/chat/";
const REPLY = [{ text: "Hello." }];
const reach = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
const answers = (status, body) => async () => new Response(body, { status });
const hangs = (_, { signal }) =>
  new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(new Error("aborted"))));

let asked, beacons;

const serve = answer => {
  asked = [];
  reach("fetch", async (url, options) => {
    asked.push([String(url), JSON.parse(options.body), options]);
    return answer(url, options);
  });
};

beforeEach(() => {
  if (!globalThis.crypto) reach("crypto", webcrypto);
  beacons = [];
  reach("navigator", { onLine: true, sendBeacon: (url, body) => beacons.push([String(url), JSON.parse(body)]) });
  serve(answers(200, JSON.stringify(REPLY)));
});

for (const [what, answer, fault] of [
  ["500", answers(500, "[]"), "failed"],
  ["an error that looks like an answer", answers(503, JSON.stringify(REPLY)), "failed"],
  ["an empty answer", answers(200, "[]"), "failed"],
  ["a page in place of an answer", answers(200, "<html>"), "failed"],
  ["no network", async () => Promise.reject(new TypeError("network")), "failed"],
  ["too many messages", answers(429, "[]"), "slow"],
  ["silence", hangs, "failed"],
]) {
  test(`${what} is told as "${fault}", and the same message can be sent again`, async () => {
    serve(answer);
    const talk = new Talk(BASE, 20);
    assert.deepEqual(await talk.send("hello"), { fault });
    assert.equal(talk.waiting, null);
    const [[, { sender }]] = asked;
    serve(answers(200, JSON.stringify(REPLY)));
    assert.equal((await talk.send("hello")).replies[0].title, "Hello.");
    assert.deepEqual(asked[0][1], { sender, message: "hello" });
  });
}

test("a failure while the phone is offline is told as that", async () => {
  navigator.onLine = false;
  serve(async () => Promise.reject(new TypeError("network")));
  assert.deepEqual(await new Talk(BASE).send("hello"), { fault: "offline" });
});

test("nothing but the message and an id of 32 hexadecimal digits is sent", async () => {
  await new Talk(BASE).send("hello");
  const [[url, body, options]] = asked;
  assert.equal(url, BASE + "messages");
  assert.deepEqual(Object.keys(body), ["sender", "message"]);
  assert.match(body.sender, /^[0-9a-f]{32}$/);
  assert.deepEqual([options.credentials, options.referrerPolicy, options.redirect], ["omit", "no-referrer", "error"]);
  assert.equal("headers" in options, false);
});

test("a talk keeps its id, and has a new one after its end", async () => {
  const talk = new Talk(BASE);
  await talk.send("one");
  await talk.send("two");
  talk.end();
  await talk.send("three");
  const [first, second, third] = asked.map(([, { sender }]) => sender);
  assert.equal(first, second);
  assert.notEqual(second, third);
});

test("the end is told to the server once, and not before anything was said", async () => {
  const talk = new Talk(BASE);
  talk.end();
  assert.deepEqual(beacons, []);
  await talk.send("hello");
  talk.end();
  talk.end();
  assert.deepEqual(beacons, [[BASE + "leave", { sender: asked[0][1].sender }]]);
  assert.equal(talk.sender, null);
});

test("an answer that comes after the end is not shown", async () => {
  let answer;
  serve(() => new Promise(resolve => (answer = resolve)));
  const talk = new Talk(BASE);
  const sent = talk.send("hello");
  await Promise.resolve();
  talk.end();
  answer(new Response(JSON.stringify(REPLY)));
  assert.equal(await sent, null);
});

test("the end stops a message that is on its way, and says nothing of a fault", async () => {
  serve(hangs);
  const talk = new Talk(BASE);
  const sent = talk.send("hello");
  await Promise.resolve();
  talk.end();
  assert.equal(asked[0][2].signal.aborted, true);
  assert.equal(await sent, null);
});
