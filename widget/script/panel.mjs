// The web component: a conversation, a text box, and what happens between them.
import { dress, make } from "./elements.mjs";
import { cover, goAway, offerExit } from "./exit.mjs";
import { base, heading, numbers, words } from "./given.mjs";
import { isSend, ShiftCounter, SHIFT_WITHIN } from "./keys.mjs";
import { Talk } from "./talk.mjs";
import { button, note, notice, numberList, ourWords, replyView, theirWords } from "./views.mjs";

export class Panel extends HTMLElement {
  connectedCallback() {
    if (this.log) return;
    const root = dress(this.attachShadow({ mode: "open" }));
    this.querySelector("[data-waiting]")?.remove();
    this.talk = new Talk(base);
    this.log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.log });
    this.box = make("textarea", {
      id: "box", rows: 1, maxlength: 4000, placeholder: words.hint,
      autocomplete: "off", spellcheck: "false", enterkeyhint: "send",
    });
    const label = make("label", { for: "box", class: "who" }, words.box);
    this.form = make("form", { autocomplete: "off" }, label, this.box, make("button", {}, words.send));
    const slot = make("slot", {}, numberList(numbers, heading, ""));
    root.append(make("div", { lang: words.lang, dir: words.dir }, slot, this.log, this.form));
    this.listen();
    offerExit(() => this.leave());
    this.begin();
  }

  listen() {
    const send = event => {
      event.preventDefault();
      this.sendDraft();
    };
    this.form.addEventListener("submit", send);
    this.box.addEventListener("keydown", event => isSend(event) && send(event));
    this.shift = new ShiftCounter();
    addEventListener("keydown", event => this.countShift(event), true);
    addEventListener("pointerdown", () => this.shift.reset(), true);
    addEventListener("pagehide", () => this.wipe());
    addEventListener("pageshow", event => event.persisted && this.begin());
    addEventListener("offline", () => this.tellOffline());
    addEventListener("online", () => this.take(this.offline));
  }

  begin() {
    this.wipe();
    this.cover?.remove();
    for (const text of words.opening) this.add(ourWords(text));
    this.offer(words.openingButtons);
    this.add(note(words.history));
    if (!navigator.onLine) this.tellOffline();
  }

  // Forgets everything here, and on the server.
  wipe() {
    this.talk.end();
    this.box.value = "";
    this.log.replaceChildren();
  }

  leave() {
    this.wipe();
    this.cover?.remove();
    this.cover = cover(this.shadowRoot);
    goAway();
  }

  countShift(event) {
    const count = this.shift.count(event);
    if (count === 2) {
      const warning = this.add(note(words.shift));
      setTimeout(() => warning.remove(), SHIFT_WITHIN);
    }
    if (count > 2) this.leave();
  }

  add(element) {
    this.log.append(element);
    return element;
  }

  show(element) {
    this.add(element).scrollIntoView({ block: "nearest" });
    return element;
  }

  // Takes something out of the conversation; the focus does not go with it.
  take(element) {
    if (element?.contains(this.shadowRoot.activeElement)) this.box.focus();
    element?.remove();
  }

  offer(buttons) {
    if (!buttons.length) return;
    const row = buttons.map(({ title, payload }) => button(title, () => this.say(payload, title, true)));
    this.add(make("div", { class: "buttons" }, ...row));
  }

  // While an answer is awaited, a draft stays where it is.
  sendDraft() {
    const text = this.box.value.trim();
    if (!text || this.talk.waiting) return;
    this.box.value = "";
    this.say(text, text, false);
    this.box.focus();
  }

  say(text, shown, isTap) {
    if (this.talk.waiting) return;
    const mine = this.add(theirWords(shown));
    if (isTap) {
      mine.tabIndex = -1;
      mine.focus({ preventScroll: true });
    }
    this.log.querySelectorAll(".buttons").forEach(row => row.remove());
    this.ask(text);
  }

  async ask(text) {
    const typing = this.show(note(words.typing + " \u2026"));
    const answer = await this.talk.send(text);
    typing.remove();
    if (answer?.replies) this.answer(answer.replies);
    else if (answer) this.tellFault(text, answer.fault);
  }

  // A long answer is read from its beginning.
  answer(replies) {
    const views = replies.map(reply => {
      const view = this.add(replyView(reply));
      this.offer(reply.buttons);
      return view;
    });
    views[0].scrollIntoView();
  }

  tellFault(text, fault) {
    const again = button(words.again, () => {
      if (this.talk.waiting) return;
      this.take(told);
      this.ask(text);
    });
    const told = this.show(notice(words[fault], again));
  }

  tellOffline() {
    this.take(this.offline);
    this.offline = this.show(notice(words.offline));
  }
}
