// A talk that leaves no trace, as one web component. The server joins this with all that it imports.
import { make } from "./elements.mjs";
import { script } from "./given.mjs";
import { Panel } from "./panel.mjs";

const NAME = "info-panel";
customElements.define(NAME, Panel);
if (!document.querySelector(NAME)) script.after(make(NAME));
