'use strict';
// Data in and out of a run: what it was started with, and what it gives back.
//   const bellglass = require('bellglass');   or   import bellglass from 'bellglass';
const fs = require('node:fs');
const path = require('node:path');

const DATA = process.env.BELLGLASS_DATA_DIR || '/workspace/data';
const OUTPUT = process.env.BELLGLASS_OUTPUT_DIR || '/workspace/output';
const EVENT_BYTES = 16 * 1024;
const EVENTS_BYTES = 4 * 1024 * 1024;
const COUNTED = 1024 * 1024;
let parts = 0;

function read(file, absent) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (failure) {
    if (failure.code === 'ENOENT') return absent;
    throw failure;
  }
}

function textOf(value) {
  const text = JSON.stringify(value, (_key, one) => {
    if (typeof one === 'number' && !Number.isFinite(one)) throw new TypeError(`${one} is no JSON value`);
    return one;
  });
  if (text === undefined) throw new TypeError(`${typeof value} is no JSON value`);
  return text;
}

function write(name, value) {
  const text = textOf(value);
  fs.mkdirSync(OUTPUT, { recursive: true });
  const part = path.join(OUTPUT, `.bellglass-${name}-${process.pid}-${Date.now()}-${++parts}`);
  try {
    fs.writeFileSync(part, text, { flag: 'wx' });
    fs.renameSync(part, path.join(OUTPUT, name));
  } catch (failure) {
    fs.rmSync(part, { force: true });
    throw failure;
  }
}

function checkName(name) {
  if (typeof name !== 'string' || name === '') throw new TypeError('a name is a text that is not empty');
}

const own = (all, name) => Object.prototype.hasOwnProperty.call(all, name);

/** The run's input; null when it has none. */
exports.input = function input() {
  return read(path.join(DATA, 'input.json'), null);
};

/** Gives a JSON value back; the last one counts. */
exports.output = function output(value) {
  write('output.json', value);
};

/** The variable as this run set it, else as it was given, else the fallback. */
exports.get_variable = function get_variable(name, fallback = null) {
  checkName(name);
  for (const file of [path.join(OUTPUT, 'variables.json'), path.join(DATA, 'variables.json')]) {
    const all = read(file, {});
    if (own(all, name)) return all[name];
  }
  return fallback;
};

/** Gives a variable back: any JSON value. */
exports.set_variable = function set_variable(name, value) {
  checkName(name);
  textOf(value);
  fs.mkdirSync(OUTPUT, { recursive: true });
  const lock = path.join(OUTPUT, '.bellglass-lock');
  const until = Date.now() + 5000;
  for (;;) {
    try {
      fs.closeSync(fs.openSync(lock, 'wx'));
      break;
    } catch (failure) {
      if (failure.code !== 'EEXIST') throw failure;
      // Its owner was killed.
      if (Date.now() > until) break;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
  try {
    const all = read(path.join(OUTPUT, 'variables.json'), {});
    Object.defineProperty(all, name, { value, enumerable: true, configurable: true, writable: true });
    write('variables.json', all);
  } finally {
    fs.rmSync(lock, { force: true });
  }
};

/** Says whether the condition that this run decides holds. */
exports.set_condition = function set_condition(result) {
  if (typeof result !== 'boolean') throw new TypeError('a condition is true or false');
  write('condition.json', { result });
};

function append(name, text, limit) {
  const file = fs.openSync(path.join(OUTPUT, name), 'a', 0o644);
  try {
    if (fs.fstatSync(file).size + text.length > limit) return false;
    return fs.writeSync(file, text) === text.length;
  } catch {
    return false;
  } finally {
    fs.closeSync(file);
  }
}

/** Tells something while the run goes on. False when it was only counted: too large, or too many. */
exports.event = function event(name, data = null) {
  checkName(name);
  const line = Buffer.from(`${textOf({ name, at: Date.now(), data })}\n`);
  fs.mkdirSync(OUTPUT, { recursive: true });
  if (line.length <= EVENT_BYTES && append('events.jsonl', line, EVENTS_BYTES)) return true;
  append('.bellglass-lost', Buffer.from('.'), COUNTED);
  return false;
};
