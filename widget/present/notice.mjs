// Asks the assistant what a team's words find in a part of a case.
import { base } from "./given.mjs";

const LONGEST_WAIT = 8000;

const textOr = value => (typeof value === "string" ? value : null);

// {found, lookAlike, alarm, real}, or {fault} with the name of the words for it.
export const askNotice = async (scenario, part, text) => {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), LONGEST_WAIT);
  try {
    const answer = await fetch(new URL("present/notice", base), {
      method: "POST", body: JSON.stringify({ scenario, part, text }), signal: waiting.signal,
      credentials: "omit", referrerPolicy: "no-referrer", redirect: "error",
    });
    if (!answer.ok) return { fault: answer.status === 429 ? "slow" : "failed" };
    const { found, look_alike: lookAlike, alarm, real } = await answer.json();
    if (!Array.isArray(found)) return { fault: "failed" };
    return { found, lookAlike: Number.isInteger(lookAlike) ? lookAlike : null, alarm: textOr(alarm), real: textOr(real) };
  } catch {
    return { fault: "failed" };
  } finally {
    clearTimeout(timer);
  }
};
