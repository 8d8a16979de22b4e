// The counts of a session as a table, saved by the browser itself.
import { make } from "./elements.mjs";
import { teamName } from "./words.mjs";

const SPECIAL = /[",\n]/;
const HEAD = ["scenario", "part", "kind", "item", "team", "result", "count"];

const cell = value => {
  const text = String(value);
  return SPECIAL.test(text) ? "\"" + text.replaceAll("\"", "\"\"") + "\"" : text;
};

// Equal marks are one line with their count.
export const tableOf = marks => {
  const counts = new Map();
  for (const { scenario, part, kind, item, team, result } of marks) {
    const line = [scenario, part, kind, item, team ? teamName(team) : "", result].map(cell).join(",");
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [HEAD.join(","), ...[...counts].map(([line, count]) => line + "," + count), ""].join("\r\n");
};

export const download = (text, name) => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
};
