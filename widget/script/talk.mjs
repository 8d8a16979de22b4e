// One conversation with the server: an id that only memory holds, one message at a time, and an end.
import { readReplies } from "./replies.mjs";

// 128 random bits in hexadecimal; the server takes no other id.
const freshId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

export class Talk {
  constructor(base, longestWait = 20000) {
    this.base = base;
    this.longestWait = longestWait;
  }

  // Gives {replies}, or {fault} with the name of the words for it, or nothing when the talk was ended meanwhile.
  async send(message) {
    this.sender ||= freshId();
    const waiting = (this.waiting = new AbortController());
    const timer = setTimeout(() => waiting.abort(), this.longestWait);
    let status, replies;
    try {
      const answer = await fetch(new URL("messages", this.base), {
        method: "POST", body: JSON.stringify({ sender: this.sender, message }), signal: waiting.signal,
        credentials: "omit", referrerPolicy: "no-referrer", redirect: "error",
      });
      status = answer.status;
      if (answer.ok) replies = readReplies(await answer.json());
    } catch {
      // Whatever the network did, the person is told.
    }
    clearTimeout(timer);
    if (this.waiting !== waiting) return null;
    this.waiting = null;
    return replies ? { replies } : { fault: status === 429 ? "slow" : navigator.onLine ? "failed" : "offline" };
  }

  // Forgets the id, and asks the server to forget the conversation.
  end() {
    if (this.sender) navigator.sendBeacon(new URL("leave", this.base), JSON.stringify({ sender: this.sender }));
    this.waiting?.abort();
    this.sender = this.waiting = null;
  }
}
