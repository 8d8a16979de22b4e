// The page: where the room stands, what a key does there, and what is shown of it.
import { download, tableOf } from "./csv.mjs";
import { make } from "./elements.mjs";
import { cases, mostText } from "./given.mjs";
import { commandOf } from "./keys.mjs";
import { PartPlay } from "./marks.mjs";
import { askNotice } from "./notice.mjs";
import { helpView, tapsView, teamsView } from "./room.mjs";
import { Session } from "./session.mjs";
import { Timer } from "./timer.mjs";
import { isChoice, letterOf, listView, optionItem, partAt, placeOf, stepCount, stepView } from "./views.mjs";
import { forReal, words } from "./words.mjs";

export class Stage {
  session = new Session();
  hints = new Map();
  scenario = null;
  step = 0;

  constructor(main) {
    this.heading = document.querySelector("h1");
    this.timer = new Timer(document.querySelector("[data-timer]"));
    this.real = make("div", { class: "real", role: "alert" });
    this.place = make("div", { class: "stage" });
    this.panel = make("div", { class: "panel", role: "status" });
    this.box = make("input", { id: "box", maxlength: mostText, autocomplete: "off", spellcheck: "false", enterkeyhint: "send" });
    this.form = make("form", {}, make("label", { for: "box" }, words.box), this.box);
    this.teams = make("ul", { class: "teams", "aria-label": "Teams" });
    this.taps = tapsView(command => this.obey(command));
    this.help = helpView();
    main.replaceChildren(this.teams, this.real, this.place, this.panel, this.form, this.taps, this.help);
    this.form.addEventListener("submit", event => {
      event.preventDefault();
      this.send();
    });
    addEventListener("keydown", event => this.press(event));
    addEventListener("beforeunload", event => this.session.isSaved || event.preventDefault());
    this.enter(cases.find(({ id }) => id === main.dataset.case) ?? null, 0);
  }

  get isPart() {
    return Boolean(this.scenario && partAt(this.scenario, this.step));
  }

  get isLast() {
    return Boolean(this.scenario && this.step === stepCount(this.scenario) - 1);
  }

  get isVote() {
    return Boolean(this.scenario && isChoice(this.scenario, this.step));
  }

  play() {
    return new PartPlay(this.session, this.scenario, this.step, this.session.team);
  }

  // In the box every key is text, but for Enter, Escape and the choice of a team; on a button, Enter and space press it.
  press(event) {
    const { target, key } = event;
    if (this.help.open) {
      if (key === "?") this.help.close();
      return;
    }
    if (target === this.box) {
      if (key === "Escape") this.box.blur();
      if (key !== "ArrowUp" && key !== "ArrowDown") return;
    }
    if (target.closest("a, button") && (key === "Enter" || key === " ")) return;
    const command = commandOf(event, this.isVote);
    if (!command) return;
    event.preventDefault();
    this.obey(command);
  }

  obey({ name, value }) {
    const commands = {
      forward: () => this.go(this.scenario, Math.min(this.step + 1, this.scenario ? stepCount(this.scenario) - 1 : 0)),
      back: () => (this.step ? this.go(this.scenario, this.step - 1) : this.go(null, 0)),
      list: () => this.go(null, 0),
      say: () => (this.isPart ? this.box.select() : this.scenario && commands.forward()),
      teamBefore: () => this.chooseTeam(-1),
      teamAfter: () => this.chooseTeam(1),
      moreTeams: () => this.session.changeTeams(1),
      fewerTeams: () => this.session.changeTeams(-1),
      mark: () => this.isPart && this.tell(this.play().markNumber(value)),
      reveal: () => (this.isPart ? this.tell(this.play().reveal()) : this.isVote && this.openOption()),
      hint: () => this.isPart && this.hint(),
      vote: () => this.scenario.choice[value] && this.keepOption(value, "voted"),
      unvote: () => this.scenario.choice[value] && this.session.undo(mark => this.isVoteFor(mark, value)),
      undo: () => this.undo(),
      time: () => this.timer.toggle(),
      moreTime: () => this.timer.addMinute(),
      save: () => this.save(),
      help: () => this.help.showModal(),
      dismiss: () => this.real.replaceChildren(),
    };
    commands[name]();
    this.render();
  }

  // Another step, or the list of cases; what was said of the last one is gone, its marks are not.
  go(scenario, step) {
    if (scenario !== this.scenario || step !== this.step) this.enter(scenario, step);
  }

  enter(scenario, step) {
    Object.assign(this, { scenario, step });
    this.real.replaceChildren();
    this.panel.replaceChildren();
    this.box.value = "";
    this.render();
    scrollTo(0, 0);
    (scenario ? this.heading : this.place.querySelector("button"))?.focus();
  }

  chooseTeam(by) {
    if (this.scenario) return this.session.turn(by);
    const buttons = [...this.place.querySelectorAll("button")];
    buttons[(buttons.indexOf(document.activeElement) + by + buttons.length) % buttons.length].focus();
  }

  tell(lines) {
    if (!lines) return;
    this.panel.replaceChildren(...lines.map(line => make("p", {}, line)));
  }

  // The words are kept until an answer is there; one that comes after the room went on counts for its own part.
  // What may be real and finds nothing of the story is no guess: it is neither judged nor counted.
  async send() {
    const text = this.box.value.trim();
    if (!text || this.isWaiting) return;
    this.box.blur();
    const play = this.play();
    const isHere = () => this.scenario === play.scenario && this.step === play.place;
    this.isWaiting = true;
    this.tell([words.reading]);
    const answer = await askNotice(play.scenario.id, play.place, text);
    this.isWaiting = false;
    const isStory = !answer.real || answer.found?.length;
    const said = answer.fault ? [words[answer.fault]] : isStory ? play.hear(answer) : [];
    if (answer.fault || isHere()) this.tell(said);
    if (!answer.fault && this.box.value.trim() === text) this.box.value = "";
    this.warn(answer.real);
    this.render();
    if (this.real.hasChildNodes()) this.real.scrollIntoView({ block: "nearest" });
  }

  warn(intent) {
    this.real.replaceChildren();
    if (!Object.hasOwn(forReal, intent ?? "")) return;
    const numbers = document.querySelector("aside .numbers").cloneNode(true);
    this.real.append(make("p", {}, forReal[intent]), numbers);
  }

  hint() {
    const play = this.play();
    const key = play.scenario.id + this.step;
    const used = this.hints.get(key) ?? 0;
    this.hints.set(key, used + 1);
    this.tell([play.hints[Math.min(used, play.hints.length - 1)]]);
  }

  isVoteFor({ scenario, item, result }, at) {
    return scenario === this.scenario.id && item === optionItem(this.scenario, at) && result === "voted";
  }

  keepOption(at, result) {
    const item = optionItem(this.scenario, at);
    this.session.add({ scenario: this.scenario.id, part: "choice", kind: "choice", item, team: 0, result });
  }

  openOption() {
    const open = this.session.marksOf(this.scenario.id, "choice").filter(mark => mark.result === "shown");
    const option = this.scenario.choice[open.length];
    if (!option) return this.tell([words.allShown]);
    this.keepOption(open.length, "shown");
    this.tell([letterOf(open.length) + ". " + (option.isRight ? words.right : words.wrong) + " " + option.feedback]);
  }

  undo() {
    const mark = this.session.undo();
    this.tell([mark ? words.takenBack + " " + mark.item.replaceAll("_", " ") : words.nothingToTakeBack]);
  }

  save() {
    if (!this.session.marks.length) return this.tell([words.nothingToSave]);
    download(tableOf(this.session.marks), "conch-session-" + new Date().toLocaleDateString("sv") + ".csv");
    this.session.isSaved = true;
    this.tell([words.saved]);
  }

  render() {
    const { scenario, step } = this;
    this.heading.replaceChildren(scenario ? scenario.title : words.list);
    if (this.isPart) this.heading.append(make("span", {}, " \u00b7 part " + step + "/" + scenario.parts.length));
    const marks = scenario && this.session.marksOf(scenario.id, placeOf(scenario, step));
    if (scenario) this.place.replaceChildren(...stepView(scenario, step, marks));
    else if (!this.place.querySelector(".cases")) this.place.replaceChildren(listView(cases, each => this.go(each, 0)));
    this.form.hidden = !this.isPart;
    this.teams.hidden = !scenario || this.isVote;
    this.teams.replaceChildren(...teamsView(this.session));
    this.showTaps();
    if (this.panel.hasChildNodes()) this.panel.scrollIntoView({ block: "nearest" });
  }

  showTaps() {
    for (const tap of this.taps.children) {
      const shown = { say: this.isPart, hint: this.isPart, reveal: this.isPart || this.isVote, save: this.isLast };
      tap.hidden = shown[tap.dataset.command] === false;
    }
  }
}
