// What the server fills in (addons/channels/chat_page.py), and where the script came from.
const GIVEN = null;
export const { words, style, heading, numbers, exit } = GIVEN;
export const script = document.currentScript;
export const base = new URL(".", script.src);
