// What the page says around the cases.
export const words = {
  list: "Practice cases",
  made: "This case is made up. Nobody has to tell anything of their own life.",
  choice: "What would you do?",
  debrief: "Looking back",
  tomorrow: "One thing for tomorrow",
  box: "They say:",
  reading: "One moment ...",
  noSign: "I found no sign in those words. What does somebody do or say in the story?",
  looksLike: "Good eye, but this is no sign by itself.",
  notHere: "can be a sign, but this part does not show it. What else do you see?",
  already: "Already found.",
  allShown: "That is all.",
  right: "Right.",
  wrong: "Better not.",
  failed: "No answer came. Mark what the team found by its number (see your guide). The words stay in the box.",
  slow: "That was a lot at once. Mark it by its number (see your guide), or wait a moment.",
  saved: "Saved as a file: counts only, nothing about persons.",
  nothingToSave: "There is nothing to save yet.",
  takenBack: "Taken back:",
  nothingToTakeBack: "There is nothing to take back.",
  timeUp: "Time is up",
};

export const teamName = number => "Team " + number;

// With a room, as the guide on paper says it (scripts/guides.py).
export const howLong = parts => parts + " parts, about 3 minutes each.";

export const howManyLeft = left =>
  left === 0 ? "That is all that this part shows." : left === 1 ? "There is one more here." : left + " more are here.";

// By what the assistant understands; danger, being watched, thoughts of suicide.
export const forReal = {
  immediate_danger: "If this is real, not the story: call 911 now.",
  unsafe_to_talk: "If this is real and you are being watched: it is all right to stop now. In danger, call 911.",
  self_harm: "If this is real: please call or text 988 now, day or night. In danger this minute, call 911.",
};

export const help = [
  ["\u2192  Space", "go on"],
  ["\u2190", "go back"],
  ["Enter", "type what a team says; Enter sends, Esc leaves the box"],
  ["\u2191 \u2193", "which team speaks"],
  ["+ \u2212", "more or fewer teams, 2 to 6"],
  ["1 to 9", "mark by number for the team (see your guide)"],
  ["R", "reveal the next thing that is left"],
  ["H", "hint"],
  ["A to D", "one vote; with Shift, one vote less"],
  ["U", "take the last mark back"],
  ["T", "timer on or off; Shift T adds a minute"],
  ["S", "save the counts as a file"],
  ["L", "list of cases"],
];
