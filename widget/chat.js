// A talk that leaves no trace, as one web component. addons/channels/chat_page.py fills in GIVEN.
(() => {
  const GIVEN = null;
  const { words, style, heading, numbers, exit } = GIVEN;
  const NAME = "info-panel";
  const LONGEST_WAIT = 20000;
  const SHIFT_WITHIN = 5000;
  const LINK = /\bhttps?:\/\/[^\s<>"]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:(?:1-)?\d{3}-\d{3}-\d{4}|\d{5,6}|9(?:11|88))\b/g;
  const script = document.currentScript;
  const base = new URL(".", script.src);

  const freshId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...children);
    return element;
  };

  const dress = (root) => {
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
  const raise = (element) => {
    element.setAttribute("popover", "manual");
    element.showPopover?.();
  };

  const address = (word, before) => {
    if (word.startsWith("http")) return word;
    if (word.includes("@")) return "mailto:" + word;
    const digits = word.replace(/\D/g, "");
    const scheme = /\btext $/i.test(before) ? "sms:" : "tel:";
    if (digits.length > 6) return scheme + (digits.length > 10 ? "+" : "+1") + digits;
    return digits.length > 3 && scheme === "tel:" ? "" : scheme + digits;
  };

  // Text as text and links; nothing in it is ever taken for markup.
  const linked = (text) => {
    const pieces = [];
    let end = 0;
    for (const { 0: word, index } of text.matchAll(LINK)) {
      const before = text.slice(end, index);
      const href = address(word, before);
      const target = href.startsWith("http") ? { target: "_blank", rel: "noopener noreferrer" } : {};
      pieces.push(before, href ? make("a", { href, ...target }, word) : word);
      end = index + word.length;
    }
    return [...pieces, text.slice(end)];
  };

  const paragraphs = (text, language) => {
    const box = make("div", language);
    let list = null;
    for (const line of text.split("\n").filter((each) => each.trim())) {
      if (line.startsWith("\u2022 ")) {
        list ??= box.appendChild(make("ul", { dir: "auto" }));
        list.append(make("li", {}, ...linked(line.slice(2))));
      } else {
        list = null;
        box.append(make("p", { dir: "auto" }, ...linked(line)));
      }
    }
    return box;
  };

  const numberList = (lines, title, kind, language) => {
    const items = lines.map(({ name, number, dial }) =>
      make("li", {}, make("a", { href: "tel:" + dial }, make("span", {}, name), " ", make("strong", {}, number))),
    );
    return make("div", { class: "numbers " + kind, ...language }, make("p", {}, title), make("ul", {}, ...items));
  };

  const isReply = (reply) => typeof reply?.text === "string" && reply.text.trim();

  class Panel extends HTMLElement {
    connectedCallback() {
      if (this.log) return;
      const root = dress(this.attachShadow({ mode: "open" }));
      this.querySelector("[data-waiting]")?.remove();
      this.log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.log });
      this.box = make("textarea", {
        id: "box", rows: 1, maxlength: 4000, placeholder: words.hint, autocomplete: "off", spellcheck: "false", enterkeyhint: "send",
      });
      const label = make("label", { for: "box", class: "who" }, words.box);
      this.form = make("form", { autocomplete: "off" }, label, this.box, make("button", {}, words.send));
      const slot = make("slot", {}, numberList(numbers, heading, ""));
      root.append(make("div", { lang: words.lang, dir: words.dir }, slot, this.log, this.form));
      this.listen();
      this.offerExit();
      this.begin();
    }

    listen() {
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.sendDraft();
      });
      this.box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.sendDraft();
      });
      this.presses = [];
      addEventListener("keydown", (event) => this.countShift(event), true);
      addEventListener("pointerdown", () => (this.presses = []), true);
      addEventListener("pagehide", () => this.wipe());
      addEventListener("pageshow", (event) => event.persisted && this.begin());
      addEventListener("offline", () => this.tellOffline());
      addEventListener("online", () => this.offline?.remove());
    }

    // The way out is the first stop of the Tab key: the page's own link, or one put first in a host's page.
    offerExit() {
      let link = document.querySelector("[data-exit]");
      if (!link) {
        link = make("a", { href: exit, rel: "noreferrer", "data-exit": "" }, words.leave);
        const layer = make("div", { class: "exit", lang: words.lang, dir: words.dir }, link);
        const holder = make("div");
        dress(holder.attachShadow({ mode: "open" })).append(layer);
        document.body.prepend(holder);
        raise(layer);
      }
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.leave();
      });
    }

    begin() {
      this.wipe();
      this.cover?.remove();
      for (const text of words.opening) this.add("bubble", this.speaker(words.us), paragraphs(text));
      this.offer(words.openingButtons);
      this.add("quiet", words.history);
      if (!navigator.onLine) this.tellOffline();
    }

    // Forgets everything here, and asks the server to do the same.
    wipe() {
      if (this.sender) navigator.sendBeacon(new URL("leave", base), JSON.stringify({ sender: this.sender }));
      this.waiting?.abort();
      this.sender = this.waiting = null;
      this.box.value = "";
      this.log.replaceChildren();
    }

    leave() {
      this.wipe();
      this.cover = make("div", { class: "cover", role: "alert" }, words.cover);
      this.shadowRoot.append(this.cover);
      raise(this.cover);
      document.title = words.cover;
      document.head.append(make("meta", { name: "referrer", content: "no-referrer" }));
      try {
        window.top.location.replace(exit);
      } catch {
        location.replace(exit);
      }
    }

    countShift(event) {
      if (event.repeat) return;
      const now = event.timeStamp;
      this.presses = event.key === "Shift" ? [...this.presses.filter((then) => now - then < SHIFT_WITHIN), now] : [];
      if (this.presses.length === 2) {
        const notice = this.add("quiet", words.shift);
        setTimeout(() => notice.remove(), SHIFT_WITHIN);
      }
      if (this.presses.length > 2) this.leave();
    }

    speaker(name) {
      return make("span", { class: "who" }, name + ": ");
    }

    add(kind, ...children) {
      const element = make("div", { class: kind }, ...children);
      this.log.append(element);
      return element;
    }

    offer(buttons) {
      const usable = buttons.filter(({ title, payload }) => typeof title === "string" && typeof payload === "string");
      if (!usable.length) return;
      const row = this.add("buttons");
      for (const { title, payload } of usable) {
        const button = make("button", { type: "button", dir: "auto" }, title);
        button.addEventListener("click", () => this.say(payload, title, true));
        row.append(button);
      }
    }

    sendDraft() {
      const text = this.box.value.trim();
      if (!text || this.waiting) return;
      this.box.value = "";
      this.say(text, text, false);
      this.box.focus();
    }

    say(text, shown, isTap) {
      if (this.waiting) return;
      this.log.querySelectorAll(".buttons").forEach((row) => row.remove());
      const mine = this.add("bubble mine", this.speaker(words.you), make("span", { dir: "auto" }, shown));
      if (isTap) {
        mine.tabIndex = -1;
        mine.focus({ preventScroll: true });
      }
      this.ask(text);
    }

    async ask(text) {
      this.sender ||= freshId();
      const waiting = (this.waiting = new AbortController());
      const typing = this.add("quiet", words.typing + " \u2026");
      typing.scrollIntoView({ block: "nearest" });
      const timer = setTimeout(() => waiting.abort(), LONGEST_WAIT);
      let status = 0;
      let replies = [];
      try {
        const answer = await fetch(new URL("messages", base), {
          method: "POST", body: JSON.stringify({ sender: this.sender, message: text }), signal: waiting.signal,
          credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", redirect: "error",
        });
        status = answer.status;
        if (answer.ok) replies = await answer.json();
      } catch {
        // Whatever the network did, the person is told below.
      }
      clearTimeout(timer);
      typing.remove();
      if (this.waiting !== waiting) return;
      this.waiting = null;
      if (Array.isArray(replies) && replies.length && replies.every(isReply)) this.show(replies);
      else this.fail(text, status);
    }

    show(replies) {
      const shown = replies.map((reply) => this.showOne(reply));
      shown[0].scrollIntoView({ block: "start" });
    }

    showOne({ text, kind, lang, referrals, buttons, sources }) {
      const language = /^[a-z]{2,3}$/.test(lang) ? { lang } : {};
      if (Array.isArray(referrals)) {
        const block = numberList(referrals, text.split("\n")[0], "compact", language);
        this.log.append(block);
        return block;
      }
      const isSafety = kind === "safety";
      const bubble = this.add(isSafety ? "bubble safety" : "bubble", this.speaker(words.us));
      if (isSafety) bubble.append(make("p", { class: "label" }, words.safety));
      bubble.append(paragraphs(text, language));
      if (Array.isArray(sources) && sources.length) {
        const items = sources.map((source) => make("li", { dir: "auto" }, source));
        bubble.append(make("details", {}, make("summary", {}, words.sources), make("ul", {}, ...items)));
      }
      if (Array.isArray(buttons)) this.offer(buttons);
      return bubble;
    }

    fail(text, status) {
      const again = make("button", { type: "button" }, words.again);
      const title = status === 429 ? words.slow : navigator.onLine ? words.failed : words.offline;
      const notice = this.add("notice", numberList(numbers, title, "compact"), again);
      again.addEventListener("click", () => {
        if (this.waiting) return;
        notice.remove();
        this.ask(text);
        this.box.focus();
      });
      notice.scrollIntoView({ block: "nearest" });
    }

    tellOffline() {
      this.offline?.remove();
      this.offline = this.add("notice", numberList(numbers, words.offline, "compact"));
      this.offline.scrollIntoView({ block: "nearest" });
    }
  }

  customElements.define(NAME, Panel);
  if (!document.querySelector(NAME)) script.after(document.createElement(NAME));
})();
