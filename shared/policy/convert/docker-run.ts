/** A pasted `docker run` line (or `podman run`, `docker create`) as a policy (POL-4). The flags are those of Docker's command line reference. Pure. */
import { coresPercent, count, dockerBytes } from './amounts.ts';
import * as container from './container.ts';
import { Draft, naming, type Given, type Made, type Report } from './draft.ts';
import { words, type Word } from './words.ts';

type Take = (draft: Draft, given: Given) => void;

const SETUP = 'It is about the container’s life, not about what a script may do.';
const PRIVATE_OPTION = 'Devices and kernel settings are never given to a script.';

const ignore =
  (why: string): Take =>
  (draft, given) =>
    draft.report.ignore(given, why);
const refuse =
  (why: string): Take =>
  (draft, given) =>
    draft.report.refuse(given, why);

function yes(given: Given): boolean | null {
  return given.text === '' || given.text === 'true' ? true : given.text === 'false' ? false : null;
}

/** `HOST:TARGET[:ro]`, `VOLUME:TARGET` or `TARGET` alone. */
export function volumeText(draft: Draft, given: Given): void {
  const [, drive = '', rest = ''] = /^([A-Za-z]:(?=[\\/]))?(.*)$/s.exec(given.text) ?? [];
  const parts = rest.split(':');
  const source = `${drive}${parts[0] ?? ''}`;
  const target = parts[1] ?? '';
  if (parts.length === 1) return draft.report.ignore(given, 'A nameless volume; every run has its scratch.');
  const options = (parts[2] ?? '').split(',');
  const readOnly = options.includes('ro') ? true : options.includes('rw') ? false : null;
  const type = /[\\/]/.test(source) || /^[.~$]/.test(source) ? 'bind' : 'volume';
  container.volume(draft, { type, source, target, readOnly }, given);
}

/** `type=bind,source=…,target=…,readonly`. */
function mountText(draft: Draft, given: Given): void {
  const options = new Map(
    given.text.split(',').map((part): [string, string] => {
      const [name = '', value = ''] = part.split(/=(.*)/s);
      return [name.trim().toLowerCase(), value];
    }),
  );
  const get = (...names: string[]): string =>
    names.map((name) => options.get(name)).find((value) => value !== undefined) ?? '';
  const type = get('type') || 'volume';
  const [source, target] = [get('source', 'src'), get('target', 'destination', 'dst')];
  const flag = [options.get('readonly'), options.get('ro')].find((value) => value !== undefined);
  const readOnly = flag === undefined ? null : flag !== 'false' && flag !== '0';
  if (type === 'tmpfs')
    return container.tmpfs(
      draft,
      target,
      options.has('tmpfs-size') ? dockerBytes(get('tmpfs-size')) : undefined,
      given,
    );
  if (type !== 'bind' && type !== 'volume')
    return draft.report.refuse(given, 'Only folders, volumes and temporary folders can be mounted.');
  container.volume(draft, { type, source, target, readOnly }, given);
}

function rate(field: 'resources.disk_read' | 'resources.disk_write'): Take {
  return (draft, given) => {
    const [, amount = ''] = given.text.split(/:(?=[^:]*$)/);
    draft.amount(field, dockerBytes(amount), given, 'For the disk of the engine, whichever it is.');
  };
}

function pairOf(given: Given): [string, string | null] {
  const at = given.text.indexOf('=');
  return at < 0 ? [given.text, null] : [given.text.slice(0, at), given.text.slice(at + 1)];
}

/** Flags with a value. */
const VALUES: Readonly<Record<string, Take>> = {
  memory: (draft, given) => draft.amount('resources.memory', dockerBytes(given.text), given),
  'memory-swap': (draft, given) =>
    draft.report.add(given, 'approximated', '', 'A sandbox never swaps beyond its memory.'),
  'memory-swappiness': ignore('A sandbox does not swap.'),
  'memory-reservation': ignore('What is set aside for a container is not a limit.'),
  'kernel-memory': ignore('It counts toward memory.'),
  cpus: (draft, given) => draft.amount('resources.cpu', coresPercent(given.text), given),
  'cpu-shares': ignore('A share counts only among containers; a policy has a limit.'),
  'cpuset-cpus': ignore('Which cores they are does not matter to a policy.'),
  'cpuset-mems': ignore('A policy has no such limit.'),
  'cpu-rt-period': refuse('Real-time scheduling is never given to a script.'),
  'cpu-rt-runtime': refuse('Real-time scheduling is never given to a script.'),
  'pids-limit': (draft, given) => draft.amount('resources.processes', count(given.text), given),
  ulimit: (draft, given) => {
    const [name, value] = pairOf(given);
    container.ulimit(draft, name, { ...given, path: `${given.path} ${name}`, text: value ?? '' });
  },
  'shm-size': (draft, given) => container.tmpfs(draft, '/dev/shm', dockerBytes(given.text), given),
  tmpfs: container.tmpfsText,
  volume: volumeText,
  mount: mountText,
  'volumes-from': refuse('No sandbox sees into another container.'),
  'volume-driver': ignore(SETUP),
  user: container.user,
  userns: (draft, given) =>
    given.text === 'host'
      ? draft.report.refuse(given, 'An import takes no namespace away.')
      : draft.report.ignore(given, 'Ids are mapped where the engine does so.'),
  'group-add': refuse('A script has one group, its own.'),
  'cap-add': container.capAdd,
  'cap-drop': container.capDrop,
  'security-opt': container.securityOption,
  device: refuse(PRIVATE_OPTION),
  'device-cgroup-rule': refuse(PRIVATE_OPTION),
  gpus: refuse(PRIVATE_OPTION),
  sysctl: refuse(PRIVATE_OPTION),
  'device-read-bps': rate('resources.disk_read'),
  'device-write-bps': rate('resources.disk_write'),
  'device-read-iops': ignore('A policy limits bytes a second, not accesses.'),
  'device-write-iops': ignore('A policy limits bytes a second, not accesses.'),
  'blkio-weight': ignore('A share counts only among containers; a policy has a limit.'),
  'blkio-weight-device': ignore('A share counts only among containers; a policy has a limit.'),
  'storage-opt': ignore('The root is read-only; what a script writes goes to its scratch.'),
  network: container.networkMode,
  net: container.networkMode,
  'network-alias': ignore('Bellglass has no networks between sandboxes.'),
  link: refuse('No sandbox reaches another container.'),
  ip: ignore('A sandbox gets its own address.'),
  ip6: ignore('A sandbox gets its own address.'),
  'mac-address': ignore('A sandbox gets its own address.'),
  dns: (draft, given) =>
    draft.has('network.dns')
      ? draft.report.add(given, 'approximated', '', 'A policy names one resolver: the first one.')
      : draft.text('network.dns', given.text, given),
  'dns-search': ignore('A policy has no search domains.'),
  'dns-option': ignore('A policy has no such option.'),
  'add-host': (draft, given) => {
    const [name = '', address = ''] = given.text.split(/[:=](.*)/s);
    if (address === 'host-gateway') draft.report.refuse(given, 'The engine’s host is never reachable under a name.');
    else draft.pair('network.hosts', name, address, given);
  },
  publish: container.publish,
  expose: ignore('Only published ports can be reached.'),
  pid: container.namespace,
  ipc: container.namespace,
  uts: container.namespace,
  cgroupns: container.namespace,
  'cgroup-parent': refuse('A sandbox lies where Bellglass can watch it.'),
  env: (draft, given) => {
    const [name, value] = pairOf(given);
    container.environment(draft, name, value, given);
  },
  'env-file': refuse('Files are not read while importing; write the variables out.'),
  workdir: container.workingDir,
  entrypoint: (draft, given) =>
    given.text === ''
      ? draft.report.ignore(given, 'The image’s own is not used anyway.')
      : draft.words('run.entrypoint', [given.text], given),
  runtime: container.ociRuntime,
  pull: container.pull,
  isolation: ignore('It is for Windows.'),
  'oom-score-adj': (draft, given) =>
    given.text.startsWith('-')
      ? draft.report.refuse(given, 'A script is never spared when memory runs out.')
      : draft.report.ignore(given, 'A policy has no such setting.'),
  'stop-timeout': ignore('A run is stopped with 2 s of grace.'),
  'stop-signal': ignore('A run is stopped with TERM.'),
  ...Object.fromEntries(
    'name hostname domainname label label-file annotation log-driver log-opt restart cidfile attach detach-keys platform health-cmd health-interval health-retries health-start-period health-start-interval health-timeout quota pod requires sdnotify systemd tz umask'
      .split(' ')
      .map((flag) => [flag, ignore(SETUP)]),
  ),
};

/** Flags without a value; `=false` may follow. */
const SWITCHES: Readonly<Record<string, Take>> = {
  privileged: (draft, given) => container.privileged(draft, given, yes(given)),
  'read-only': (draft, given) => container.always(draft, given, yes(given), 'a read-only root'),
  tty: (draft, given) => draft.text('run.tty', yes(given) === false ? 'false' : 'true', given),
  'publish-all': refuse('Ports are published one by one.'),
  'oom-kill-disable': (draft, given) =>
    container.never(draft, given, yes(given), 'A script that passes its memory is always killed.'),
  'use-api-socket': refuse('The engine’s socket is power over the whole machine; no script ever gets it.'),
  init: ignore('Every sandbox has its own first process.'),
  ...Object.fromEntries(
    'rm interactive detach sig-proxy disable-content-trust no-healthcheck quiet help replace tls-verify'
      .split(' ')
      .map((flag) => [flag, ignore(SETUP)]),
  ),
};

const SHORT: Readonly<Record<string, string>> = {
  m: 'memory',
  c: 'cpu-shares',
  u: 'user',
  v: 'volume',
  e: 'env',
  p: 'publish',
  w: 'workdir',
  h: 'hostname',
  l: 'label',
  a: 'attach',
  i: 'interactive',
  t: 'tty',
  d: 'detach',
  P: 'publish-all',
  q: 'quiet',
};

/** Where `docker … run` ends and its flags begin; -1 when it is no such line. */
function afterRun(line: readonly Word[]): number {
  const start = line.findIndex(({ text }) => /(?:^|\/)(?:docker|podman|nerdctl)(?:\.exe)?$/.test(text));
  const before = line.slice(0, start).every(({ text }) => /^(?:\$|#|>|sudo|-\w+|\w+=.*|time|exec|\n)$/s.test(text));
  if (start < 0 || !before) return -1;
  const run = line.findIndex(({ text }, index) => index > start && (text === 'run' || text === 'create'));
  const between = line.slice(start + 1, run);
  return run < 0 || run - start > 8 || between.some(({ operator }) => operator) ? -1 : run + 1;
}

/** Whether a text is a `docker run` line. */
export function isDockerRun(text: string): boolean {
  return /\b(?:docker|podman|nerdctl)\b/.test(text.slice(0, 4096)) && afterRun(words(text.slice(0, 4096))) >= 0;
}

class Line {
  readonly #draft: Draft;
  readonly #words: readonly Word[];
  #next: number;
  /** Quota and period make a share only together. */
  #cpu: { quota?: Given; period?: Given } = {};

  constructor(draft: Draft, line: readonly Word[], start: number) {
    this.#draft = draft;
    this.#words = line;
    this.#next = start;
  }

  read(): void {
    while (this.#next < this.#words.length) {
      const word = this.#words[this.#next] as Word;
      if (word.text === '--') {
        this.#next += 1;
        break;
      }
      if (word.operator || !word.text.startsWith('-') || word.text === '-') break;
      this.#next += 1;
      if (word.text.startsWith('--')) this.#long(word);
      else this.#short(word);
    }
    this.#share();
    this.#image();
  }

  #give(flag: string, text: string, word: Word, acts: boolean): void {
    const given = { path: `--${flag}`, text, at: word.at };
    const take = Object.hasOwn(VALUES, flag)
      ? VALUES[flag]
      : Object.hasOwn(SWITCHES, flag)
        ? SWITCHES[flag]
        : undefined;
    if (flag === 'cpu-quota') this.#cpu.quota = given;
    else if (flag === 'cpu-period') this.#cpu.period = given;
    else if (take === undefined)
      this.#draft.report.refuse(given, 'Bellglass does not know this flag; it was read as one without a value.');
    else if (acts)
      this.#draft.report.refuse(given, 'Variables and commands in it are not filled in; write the value out.');
    else take(this.#draft, given);
  }

  #wantsValue(flag: string): boolean {
    return Object.hasOwn(VALUES, flag) || flag === 'cpu-quota' || flag === 'cpu-period';
  }

  #value(flag: string, word: Word): void {
    const value = this.#words[this.#next];
    if (value === undefined || value.operator) {
      this.#draft.report.refuse({ path: `--${flag}`, text: '', at: word.at }, 'Its value is missing.');
      return;
    }
    this.#next += 1;
    this.#give(flag, value.text, word, value.acts);
  }

  #long(word: Word): void {
    const [flag = '', value] = word.text.slice(2).split(/=(.*)/s);
    if (value !== undefined) this.#give(flag, value, word, word.acts);
    else if (this.#wantsValue(flag)) this.#value(flag, word);
    else this.#give(flag, '', word, false);
  }

  #short(word: Word): void {
    const letters = word.text.slice(1);
    for (let index = 0; index < letters.length; index += 1) {
      const flag = SHORT[letters[index] ?? ''] ?? letters[index] ?? '';
      if (!this.#wantsValue(flag)) {
        if (letters[index + 1] === '=') return this.#give(flag, letters.slice(index + 2), word, word.acts);
        this.#give(flag, '', word, false);
        continue;
      }
      const rest = letters.slice(index + 1).replace(/^=/, '');
      if (rest === '') this.#value(flag, word);
      else this.#give(flag, rest, word, word.acts);
      return;
    }
  }

  #share(): void {
    const { quota, period } = this.#cpu;
    if (quota === undefined) {
      if (period !== undefined) this.#draft.report.ignore(period, 'A period alone is no limit.');
      return;
    }
    const [share, whole] = [count(quota.text), count(period?.text ?? '100000')];
    const percent =
      share === null || whole === null ? null : share === Infinity ? share : Math.floor((share / whole) * 10_000) / 100;
    this.#draft.amount('resources.cpu', percent, quota);
  }

  #image(): void {
    const word = this.#words[this.#next];
    if (word === undefined || word.operator) {
      this.#rest();
      return;
    }
    this.#next += 1;
    container.image(this.#draft, { path: 'image', text: word.text, at: word.at });
    const command: Word[] = [];
    for (let next = this.#words[this.#next]; next !== undefined && !next.operator; next = this.#words[this.#next]) {
      command.push(next);
      this.#next += 1;
    }
    const [first] = command;
    if (first !== undefined) {
      const given = { path: 'command', text: command.map(({ text }) => text).join(' '), at: first.at };
      if (command.some(({ acts }) => acts))
        this.#draft.report.refuse(given, 'Variables and commands in it are not filled in; write it out.');
      else
        this.#draft.words(
          'run.command',
          command.map(({ text }) => text),
          given,
        );
    }
    this.#rest();
  }

  #rest(): void {
    const left = this.#words.slice(this.#next).filter(({ text }) => text !== '\n');
    const [first] = left;
    if (first === undefined) return;
    const text = left.map((word) => word.text).join(' ');
    this.#draft.report.ignore({ path: 'after the command', text, at: first.at }, 'Only one command line is read.');
  }
}

export function fromDockerRun(name: string, text: string, report: Report): Made {
  const line = words(text);
  const draft = new Draft(naming()(name), 'untrusted', '', report);
  new Line(draft, line, afterRun(line)).read();
  return { drafts: [draft], settings: [] };
}
