// The presenter page counts what each team found, lights up the story's own words, and saves counts only.
import assert from "node:assert/strict";
import test from "node:test";

import { tableOf } from "../../widget/present/csv.mjs";
import { commandOf } from "../../widget/present/keys.mjs";
import { itemsOf, piecesOf } from "../../widget/present/parts.mjs";
import { Session } from "../../widget/present/session.mjs";

const found = (team, item = "grooming") => ({ scenario: "bar", part: 1, kind: "sign", item, team, result: "found" });

test("teams are two to six, and each has its own count", () => {
  const session = new Session();
  session.changeTeams(-1);
  assert.equal(session.teams, 2);
  for (let more = 0; more < 9; more += 1) session.changeTeams(1);
  assert.equal(session.teams, 6);
  session.turn(-1);
  assert.equal(session.team, 6);
  session.add(found(6));
  session.changeTeams(-1);
  assert.equal(session.team, 5);
  assert.deepEqual([5, 6].map(team => session.score(team)), [0, 1]);
});

test("only what is found counts, and the last mark can be taken back", () => {
  const session = new Session();
  session.add(found(1));
  session.add({ ...found(1, "cash"), kind: "look-alike", result: "named" });
  assert.equal(session.score(1), 1);
  assert.equal(session.undo().item, "cash");
  session.undo();
  assert.equal(session.score(1), 0);
  assert.equal(session.undo(), null);
});

test("a session is saved until something is marked or taken back", () => {
  const session = new Session();
  assert.equal(session.isSaved, true);
  session.add(found(1));
  assert.equal(session.isSaved, false);
  session.isSaved = true;
  session.undo();
  assert.equal(session.isSaved, false);
});

test("the words of the story light up where they first stand, and nothing else changes", () => {
  const part = {
    text: "He has it. She has it. He pays cash.",
    signs: [{ sign: "b", words: "has it" }],
    lookAlikes: [{ words: "cash", why: "" }],
  };
  const items = itemsOf(part);
  assert.deepEqual(items.map(({ number }) => number), [1, 2]);
  const pieces = piecesOf(part.text, items);
  assert.deepEqual(pieces.map(piece => piece.words ?? piece), ["He ", "has it", ". She has it. He pays ", "cash", "."]);
  assert.deepEqual(piecesOf(part.text, []), [part.text]);
});

test("equal marks are one line with a count, and commas and quotes are kept", () => {
  const vote = { scenario: "bar", part: "choice", kind: "choice", item: "A call", team: 0, result: "voted" };
  const table = tableOf([found(2), vote, vote, { ...found(1, "a \"sign\", out"), kind: "look-alike", result: "named" }]);
  assert.deepEqual(table.split("\r\n"), [
    "scenario,part,kind,item,team,result,count",
    "bar,1,sign,grooming,Team 2,found,1",
    "bar,choice,choice,A call,,voted,2",
    "bar,1,look-alike,\"a \"\"sign\"\", out\",Team 1,named,1",
    "",
  ]);
});

test("keys of the browser are left alone, and letters vote only where there is something to vote on", () => {
  assert.equal(commandOf({ key: "r", ctrlKey: true }), null);
  assert.equal(commandOf({ key: "a" }, false), null);
  assert.equal(commandOf({ key: "toString" }, false), null);
  assert.deepEqual(commandOf({ key: "b" }, true), { name: "vote", value: 1 });
  assert.deepEqual(commandOf({ key: "B", shiftKey: true }, true), { name: "unvote", value: 1 });
  assert.deepEqual(commandOf({ key: "R" }, false), { name: "reveal" });
  assert.deepEqual(commandOf({ key: "3" }, true), { name: "mark", value: 3 });
});
