// What a key means.
const COMMANDS = {
  ArrowRight: "forward", PageDown: "forward", " ": "forward", ArrowLeft: "back", PageUp: "back", Enter: "say",
  ArrowUp: "teamBefore", ArrowDown: "teamAfter", "+": "moreTeams", "=": "moreTeams", "-": "fewerTeams",
  r: "reveal", h: "hint", u: "undo", t: "time", s: "save", l: "list", "?": "help", Escape: "dismiss",
};

// {name, value}, or nothing; value is the number to mark, or the option from 0.
export const commandOf = ({ key, ctrlKey, metaKey, altKey, shiftKey, isComposing }, isVoting) => {
  if (ctrlKey || metaKey || altKey || isComposing) return null;
  if (key.length === 1 && key >= "1" && key <= "9") return { name: "mark", value: Number(key) };
  const small = key.length === 1 ? key.toLowerCase() : key;
  if (isVoting && small.length === 1 && small >= "a" && small <= "f") {
    return { name: shiftKey ? "unvote" : "vote", value: small.charCodeAt(0) - 97 };
  }
  if (small === "t" && shiftKey) return { name: "moreTime" };
  return Object.hasOwn(COMMANDS, small) ? { name: COMMANDS[small] } : null;
};
