// A practice case for a room. The server joins this with all that it imports.
import { Stage } from "./stage.mjs";

new Stage(document.querySelector("main"));
