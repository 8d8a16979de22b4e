// What the room did, as a list of marks from which every count follows; nothing about persons, no words of theirs.
export const LEAST_TEAMS = 2;
export const MOST_TEAMS = 6;

// A mark is {scenario, part, kind, item, team, result}: kind is sign, look-alike, absent sign or choice;
// result is found, named (and no sign here), shown or voted; team is 0 where it is the whole room.
export class Session {
  marks = [];
  isSaved = true;
  teams = LEAST_TEAMS;
  team = 1;

  add(mark) {
    this.marks.push(mark);
    this.isSaved = false;
  }

  // Takes the last mark back, or the last one that `isMeant`.
  undo(isMeant = () => true) {
    const at = this.marks.findLastIndex(isMeant);
    if (at < 0) return null;
    this.isSaved = false;
    return this.marks.splice(at, 1)[0];
  }

  marksOf(scenario, part) {
    return this.marks.filter(mark => mark.scenario === scenario && mark.part === part);
  }

  score(team) {
    return this.marks.filter(mark => mark.team === team && mark.result === "found").length;
  }

  changeTeams(by) {
    this.teams = Math.min(MOST_TEAMS, Math.max(LEAST_TEAMS, this.teams + by));
    this.team = Math.min(this.team, this.teams);
  }

  // The next team speaks; after the last, the first.
  turn(by) {
    this.team = ((this.team - 1 + by + this.teams) % this.teams) + 1;
  }
}
