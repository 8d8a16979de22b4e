// nlp.js as a Rasa user would meet it: `node understand.js train|read FOLDER`, with the files of answers.py.
// examples.json: [{text, intent}]. texts.json: [text]. Single-label: the intent, and the sign that it names.
'use strict';

const fs = require('fs');
const path = require('path');
const { containerBootstrap } = require('@nlpjs/core');
const { Nlp } = require('@nlpjs/nlp');
const { LangEn } = require('@nlpjs/lang-en');

const SIGN_INTENT = 'indicator_';
const WARM = 20;

async function makeNlp() {
  const container = await containerBootstrap();
  container.use(Nlp);
  container.use(LangEn);
  const nlp = container.get('nlp');
  nlp.settings.autoSave = false;
  nlp.addLanguage('en');
  return nlp;
}

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function train(folder) {
  const nlp = await makeNlp();
  const examples = JSON.parse(fs.readFileSync(path.join(folder, '..', 'examples.json'), 'utf8'));
  const [clock, cpu] = [performance.now(), cpuMs()];
  for (const { text, intent } of examples) nlp.addDocument('en', text, intent);
  await nlp.train();
  const seconds = (performance.now() - clock) / 1000;
  fs.writeFileSync(path.join(folder, 'model.json'), nlp.export());
  return { seconds, cpu_seconds: (cpuMs() - cpu) / 1000, peak_mb: process.resourceUsage().maxRSS * 1024 / 1e6 };
}

function answer(found) {
  const best = found.classifications[0].intent;
  const unsure = found.intent === 'None' && best !== 'None' ? best : null;
  return {
    intent: found.intent === 'None' ? 'out_of_scope' : found.intent,
    indicators: found.intent.startsWith(SIGN_INTENT) ? [found.intent.slice(SIGN_INTENT.length)] : [],
    perspective: null,
    unsure,
  };
}

async function read(folder) {
  const nlp = await makeNlp();
  nlp.import(fs.readFileSync(path.join(folder, 'model.json'), 'utf8'));
  const texts = JSON.parse(fs.readFileSync(path.join(folder, '..', 'texts.json'), 'utf8'));
  for (const text of texts.slice(0, WARM)) await nlp.process('en', text);
  const answers = [];
  for (const text of texts) {
    const [clock, cpu] = [performance.now(), cpuMs()];
    const found = await nlp.process('en', text);
    answers.push({ ...answer(found), ms: performance.now() - clock, cpu_ms: cpuMs() - cpu });
  }
  return { answers, rss_mb: process.memoryUsage().rss / 1e6 };
}

async function main([step, folder]) {
  const result = await { train, read }[step](folder);
  fs.writeFileSync(path.join(folder, `${step}.json`), JSON.stringify(result));
}

main(process.argv.slice(2));
