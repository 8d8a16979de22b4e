// A countdown that somebody may want; nothing ends when it does.
import { words } from "./words.mjs";

const MINUTE = 60000;
const FIRST = 2 * MINUTE;

export class Timer {
  constructor(place) {
    this.place = place;
  }

  toggle() {
    this.end = this.end ? 0 : Date.now() + FIRST;
    clearInterval(this.ticking);
    if (this.end) this.ticking = setInterval(() => this.show(), 250);
    this.show();
  }

  addMinute() {
    if (!this.end) return this.toggle();
    this.end = Math.max(this.end, Date.now()) + MINUTE;
    this.show();
  }

  show() {
    const left = Math.max(0, Math.ceil((this.end - Date.now()) / 1000));
    const shown = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    this.place.textContent = !this.end ? "" : left ? shown : words.timeUp;
  }
}
