// The way out: a link that is the first stop of the Tab key, a cover, and another site in this page's place.
import { dress, make, raise } from "./elements.mjs";
import { exit, words } from "./given.mjs";

// The page's own link, or one that is put first in a host's page.
export const offerExit = leave => {
  let link = document.querySelector("[data-exit]");
  if (!link) {
    link = make("a", { href: exit, rel: "noreferrer", "data-exit": "" }, words.leave);
    const layer = make("div", { class: "exit", lang: words.lang, dir: words.dir }, link);
    const holder = make("div");
    dress(holder.attachShadow({ mode: "open" })).append(layer);
    document.body.prepend(holder);
    raise(layer);
  }
  link.addEventListener("click", event => {
    event.preventDefault();
    leave();
  });
};

// Covers the screen in this very frame, whatever the next site takes.
export const cover = root => {
  const layer = make("div", { class: "cover", role: "alert" }, words.cover);
  root.append(layer);
  raise(layer);
  document.title = words.cover;
  return layer;
};

// Goes to the neutral site without a Referer; Back does not lead here.
export const goAway = () => {
  document.head.append(make("meta", { name: "referrer", content: "no-referrer" }));
  try {
    window.top.location.replace(exit);
  } catch {
    location.replace(exit);
  }
};
