// What the server fills in (addons/channels/present.py), and where the script came from.
const GIVEN = null;
export const { cases, signs, mostText } = GIVEN;
export const base = new URL(".", document.currentScript.src);
