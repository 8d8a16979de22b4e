// What stands on the stage at each step of a case.
import { button, make } from "./elements.mjs";
import { itemsOf, piecesOf } from "./parts.mjs";
import { howLong, words } from "./words.mjs";

export const letterOf = at => String.fromCharCode(65 + at);
export const optionItem = (scenario, at) => letterOf(at) + " " + scenario.choice[at].does;

export const listView = (cases, open) => {
  const items = cases.map(each => make("li", {}, button(each.number + ". " + each.title, () => open(each))));
  return make("ul", { class: "cases" }, ...items);
};

const lines = (...texts) => texts.map(text => make("p", { class: "large" }, text));

const introductionView = scenario => [
  make("h2", {}, scenario.title),
  ...lines(scenario.introduction, howLong(scenario.parts.length)),
  make("p", {}, words.made),
];

// The last word and the number stay on one line.
const markView = ({ kind, number, words: quoted }) => {
  const last = quoted.lastIndexOf(" ") + 1;
  const end = make("span", {}, quoted.slice(last), " ", make("b", {}, number));
  return make("mark", kind === "sign" ? {} : { class: "ordinary" }, quoted.slice(0, last), end);
};

// Lit up is what the room found, named or was shown.
const partView = (part, marks) => {
  const done = new Set(marks.map(mark => mark.item));
  const lit = itemsOf(part).filter(({ item }) => done.has(item));
  const pieces = piecesOf(part.text, lit);
  return [make("p", { class: "story" }, ...pieces.map(piece => (typeof piece === "string" ? piece : markView(piece))))];
};

const optionView = ({ text, isRight }, at, votes, isOpen) => {
  const verdict = isOpen ? [make("strong", {}, isRight ? words.right : words.wrong)] : [];
  return make(
    "li", isOpen ? { class: isRight ? "right" : "wrong" } : {},
    make("b", {}, letterOf(at)), make("span", {}, text), ...verdict, ...(votes ? [make("b", {}, votes)] : []),
  );
};

const choiceView = (scenario, marks) => {
  const options = scenario.choice.map((option, at) => {
    const count = result => marks.filter(mark => mark.item === optionItem(scenario, at) && mark.result === result).length;
    return optionView(option, at, count("voted"), count("shown"));
  });
  return [make("h2", {}, words.choice), make("ul", { class: "options" }, ...options)];
};

// Steps from 0: introduction, the parts, the choice, the debrief, tomorrow.
export const stepCount = scenario => scenario.parts.length + 4;
export const partAt = (scenario, step) => scenario.parts[step - 1];
export const isChoice = (scenario, step) => step === scenario.parts.length + 1;
// How marks name the step.
export const placeOf = (scenario, step) => (isChoice(scenario, step) ? "choice" : step);

export const stepView = (scenario, step, marks) => {
  const part = partAt(scenario, step);
  if (part) return partView(part, marks);
  if (step === 0) return introductionView(scenario);
  if (isChoice(scenario, step)) return choiceView(scenario, marks);
  if (step === stepCount(scenario) - 2) return [make("h2", {}, words.debrief), ...lines(scenario.debrief)];
  return [make("h2", {}, words.tomorrow), ...lines(scenario.tomorrow)];
};
