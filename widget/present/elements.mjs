// Makes elements without markup: what is text stays text.
export const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
};

export const button = (title, press, attributes) => {
  const element = make("button", { type: "button", ...attributes }, title);
  element.addEventListener("click", press);
  return element;
};
