// Finds what can be pressed in a text: web and mail addresses, and numbers to call or to text.
const LINK = /\bhttps?:\/\/[^\s<>"]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:(?:1-)?\d{3}-\d{3}-\d{4}|\d{5,6}|9(?:11|88))\b/g;

// Where a word leads; nowhere when it is a number of five or six digits that nobody says to text.
const address = (word, before) => {
  if (word.startsWith("http")) return word;
  if (word.includes("@")) return "mailto:" + word;
  const digits = word.replace(/\D/g, "");
  const scheme = /\btext $/i.test(before) ? "sms:" : "tel:";
  if (digits.length > 6) return scheme + (digits.length > 10 ? "+" : "+1") + digits;
  return digits.length > 3 && scheme === "tel:" ? "" : scheme + digits;
};

// The text in pieces, in order: strings, and links as {word, href}.
export const linksIn = text => {
  const pieces = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(LINK)) {
    const before = text.slice(end, index);
    const href = address(word, before);
    pieces.push(before, href ? { word, href } : word);
    end = index + word.length;
  }
  return [...pieces, text.slice(end)].filter(Boolean);
};
