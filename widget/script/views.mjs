// What stands in the conversation: bubbles, buttons, blocks of numbers.
import { make } from "./elements.mjs";
import { numbers, words } from "./given.mjs";
import { linksIn } from "./links.mjs";
import { blocksOf } from "./replies.mjs";

const linked = text =>
  linksIn(text).map(piece => {
    if (typeof piece === "string") return piece;
    const { word, href } = piece;
    return make("a", { href, ...(href.startsWith("http") && { target: "_blank", rel: "noreferrer" }) }, word);
  });

const paragraphs = (blocks, language) => {
  const parts = blocks.map(({ isList, lines }) =>
    isList
      ? make("ul", { dir: "auto" }, ...lines.map(line => make("li", {}, ...linked(line))))
      : make("p", { dir: "auto" }, ...linked(lines[0])),
  );
  return make("div", language, ...parts);
};

const speaker = name => make("span", { class: "who" }, name + ": ");

export const numberList = (lines, title, kind, language) => {
  const items = lines.map(({ name, number, dial }) =>
    make("li", {}, make("a", { href: "tel:" + dial }, make("span", {}, name), " ", make("strong", {}, number))),
  );
  return make("div", { class: "numbers " + kind, ...language }, make("p", {}, title), make("ul", {}, ...items));
};

export const note = text => make("div", { class: "quiet" }, text);

export const notice = (title, ...more) =>
  make("div", { class: "notice" }, numberList(numbers, title, "compact"), ...more);

export const theirWords = text =>
  make("div", { class: "bubble mine" }, speaker(words.you), make("span", { dir: "auto" }, text));

export const ourWords = text => make("div", { class: "bubble" }, speaker(words.us), paragraphs(blocksOf(text)));

export const button = (title, press) => {
  const element = make("button", { type: "button", dir: "auto" }, title);
  element.addEventListener("click", press);
  return element;
};

export const replyView = ({ language, title, lines, blocks, isSafety, sources }) => {
  if (lines.length) return numberList(lines, title, "compact", language);
  const bubble = make("div", { class: isSafety ? "bubble safety" : "bubble" }, speaker(words.us));
  if (isSafety) bubble.append(make("p", { class: "label" }, words.safety));
  bubble.append(paragraphs(blocks, language));
  if (sources.length) {
    const items = sources.map(source => make("li", { dir: "auto" }, source));
    bubble.append(make("details", {}, make("summary", {}, words.sources), make("ul", {}, ...items)));
  }
  return bubble;
};
