// Makes elements without markup: what is text stays text.
import { style } from "./given.mjs";

export const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
};

export const dress = root => {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(make("style", {}, style));
  }
  return root;
};

// A layer above everything, cookie banners too; where there is no popover, z-index must do.
export const raise = element => {
  element.setAttribute("popover", "manual");
  element.showPopover?.();
};
