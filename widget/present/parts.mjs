// A part of a case: what it holds, by number, and its text with what is lit up.

// Signs first, then what only looks like one: the numbers of the facilitator's guide (conch/noticing.py).
export const itemsOf = part => [
  ...part.signs.map(sign => ({ kind: "sign", item: sign.sign, ...sign })),
  ...part.lookAlikes.map(look => ({ kind: "look-alike", item: look.words, ...look })),
].map((each, at) => ({ ...each, number: at + 1 }));

// The text in pieces: strings, and the items among `lit` where their words first stand.
export const piecesOf = (text, lit) => {
  const pieces = [];
  let end = 0;
  const inOrder = lit.map(item => ({ item, start: text.indexOf(item.words) })).sort((a, b) => a.start - b.start);
  for (const { item, start } of inOrder) {
    if (start < end) continue;
    pieces.push(text.slice(end, start), item);
    end = start + item.words.length;
  }
  return [...pieces, text.slice(end)].filter(piece => piece !== "");
};
