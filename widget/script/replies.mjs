// What is shown of a server's answer. Nothing in it is trusted: what has not the right shape is left out.
const isText = value => typeof value === "string" && value.trim() !== "";
const listed = (value, isGood) => (Array.isArray(value) ? value.filter(isGood) : []);
const holds = (...names) => each => names.every(name => isText(each?.[name]));

// A text as paragraphs and lists, each with its lines.
export const blocksOf = text => {
  const blocks = [];
  for (const line of text.split("\n").filter(isText)) {
    const isList = line.startsWith("\u2022 ");
    const item = isList ? line.slice(2) : line;
    const last = blocks[blocks.length - 1];
    if (isList && last?.isList) last.lines.push(item);
    else blocks.push({ isList, lines: [item] });
  }
  return blocks;
};

// A reply with numbers is the compact block; the full one stands at the head of the page.
const readReply = ({ text, kind, lang, referrals, buttons, sources }) => {
  const lines = listed(referrals, holds("name", "number", "dial"));
  return {
    language: /^[a-z]{2,3}$/.test(lang) ? { lang } : {},
    title: text.split("\n")[0],
    lines,
    blocks: lines.length ? [] : blocksOf(text),
    isSafety: kind === "safety",
    buttons: listed(buttons, holds("title", "payload")),
    sources: listed(sources, isText),
  };
};

// The replies of an answer, or nothing when there is none: the server answers [] when a turn failed.
export const readReplies = answer => {
  const good = listed(answer, holds("text"));
  return good.length && good.length === answer.length ? good.map(readReply) : null;
};
