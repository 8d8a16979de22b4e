// What the room's doings come to: marks for the session, and what the page says of them.
import { signs } from "./given.mjs";
import { itemsOf } from "./parts.mjs";
import { howManyLeft, teamName, words } from "./words.mjs";

const capital = text => text[0].toUpperCase() + text.slice(1);

const told = item => (item.kind === "sign" ? capital(item.name) + ". " + item.feedback : words.looksLike + " " + item.why);

// One part of one case, and the team that speaks.
export class PartPlay {
  constructor(session, scenario, place, team) {
    const part = scenario.parts[place - 1];
    Object.assign(this, { session, scenario, place, team, items: itemsOf(part), hints: part.hints });
  }

  get marks() {
    return this.session.marksOf(this.scenario.id, this.place);
  }

  // Signs count once; what only looks like one counts as done when it was named or shown.
  get left() {
    const done = new Set(this.marks.map(mark => mark.item));
    return this.items.filter(({ item }) => !done.has(item));
  }

  keep({ kind, item }, team, result) {
    this.session.add({ scenario: this.scenario.id, part: this.place, kind, item, team, result });
  }

  find(item) {
    const isNew = this.left.includes(item);
    if (isNew) this.keep(item, this.team, item.kind === "sign" ? "found" : "named");
    if (item.kind !== "sign") return [told(item)];
    return [isNew ? "Yes, " + teamName(this.team) + ": " + item.name + ". " + item.feedback : words.already + " " + told(item)];
  }

  // The lines for what the assistant understood, or for a number that was pressed.
  hear({ found, lookAlike, alarm }) {
    const heard = this.items.filter(({ kind, item }) => kind === "sign" && found.includes(item));
    if (heard.length) return [...heard.flatMap(sign => this.find(sign)), this.leftLine()];
    const look = this.items.filter(({ kind }) => kind === "look-alike")[lookAlike ?? -1];
    if (look) return this.find(look);
    if (!alarm) return [words.noSign];
    this.keep({ kind: "absent sign", item: alarm }, this.team, "named");
    return [capital(signs[alarm] ?? alarm) + " " + words.notHere];
  }

  markNumber(number) {
    const item = this.items[number - 1];
    if (!item) return null;
    const said = this.find(item);
    return item.kind === "sign" ? [...said, this.leftLine()] : said;
  }

  leftLine() {
    return howManyLeft(this.left.filter(({ kind }) => kind === "sign").length);
  }

  // The next thing that is left, signs first.
  reveal() {
    const [next] = this.left;
    if (!next) return [words.allShown];
    this.keep(next, 0, "shown");
    return [next.kind === "sign" ? told(next) : "\u201c" + next.words.replaceAll("\"", "") + "\u201d: no sign by itself. " + next.why];
  }
}
