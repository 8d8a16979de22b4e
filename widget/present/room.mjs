// What stands around the stage: teams, keys that can be tapped, help.
import { button, make } from "./elements.mjs";
import { help, teamName } from "./words.mjs";

export const teamsView = session => {
  const team = number => {
    const current = number === session.team ? { "aria-current": "true" } : {};
    return make("li", current, teamName(number) + ": " + session.score(number));
  };
  return Array.from({ length: session.teams }, (_, at) => team(at + 1));
};

const TAPS = [["Back", "back"], ["Next", "forward"], ["Say", "say"], ["Hint", "hint"], ["Reveal", "reveal"], ["Save", "save"], ["Keys ?", "help"]];

// For a mouse or a finger; afterwards the keys must mean what they did before.
export const tapsView = obey => {
  const taps = TAPS.map(([title, name]) =>
    button(title, event => {
      obey({ name });
      if (event.detail) event.currentTarget.blur();
    }, { "data-command": name }),
  );
  return make("nav", { "aria-label": "Keys" }, ...taps);
};

export const helpView = () => {
  const rows = help.flatMap(([keys, meaning]) => [make("dt", {}, keys), make("dd", {}, meaning)]);
  const dialog = make("dialog", { "aria-labelledby": "keys" }, make("dl", {}, ...rows));
  dialog.prepend(make("h2", { id: "keys" }, "Keys"), button("Close", () => dialog.close()));
  return dialog;
};
