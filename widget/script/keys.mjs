// What keys mean: Enter sends, and Shift pressed three times leaves.
export const SHIFT_WITHIN = 5000;

// Shift and Enter make a new line; Enter within a word of an input method is part of the word.
export const isSend = ({ key, shiftKey, isComposing }) => key === "Enter" && !shiftKey && !isComposing;

export class ShiftCounter {
  presses = [];

  // How many presses of Shift alone count with this one; 0 for any other key, and for one that is held down.
  count({ key, repeat, timeStamp }) {
    if (repeat) return 0;
    const recent = this.presses.filter(then => timeStamp - then < SHIFT_WITHIN);
    this.presses = key === "Shift" ? [...recent, timeStamp] : [];
    return this.presses.length;
  }

  reset() {
    this.presses = [];
  }
}
