/** What can be asked about a policy, and reading it from text (POL-9). Pure. */
import { AppError } from '../../lib/app-error.ts';
import { parseBytes, parseCount, parseCpu, parseDuration } from '../../lib/units.ts';
import { parseCapability } from '../kernel/capabilities.ts';
import { closest } from '../../lib/closest.ts';
import { formatAddress, parseAddress } from '../network/address.ts';
import { normalName } from '../network/name.ts';
import { KNOWN_CALLS } from '../kernel/syscalls.ts';

/** One question; amounts in base units, hosts and paths in normal form. */
export type Question =
  | { readonly kind: 'connect'; readonly host: string; readonly port: number; readonly protocol: 'tcp' | 'udp' }
  | { readonly kind: 'lookup'; readonly name: string }
  | { readonly kind: 'listen'; readonly port: number }
  | { readonly kind: 'read' | 'execute'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly bytes: number | null }
  | { readonly kind: 'memory' | 'output'; readonly bytes: number }
  | { readonly kind: 'cpu'; readonly percent: number }
  | { readonly kind: 'run'; readonly ms: number }
  | { readonly kind: 'processes' | 'open-files'; readonly count: number }
  | { readonly kind: 'syscall' | 'capability' | 'env'; readonly name: string };

/** One form of each kind, to complete and to show. */
export const QUESTION_EXAMPLES: Readonly<Record<Question['kind'], string>> = {
  connect: 'connect api.example.org:443',
  lookup: 'lookup api.example.org',
  listen: 'listen 8080',
  read: 'read /etc/passwd',
  write: 'write /tmp/report.csv 20 MiB',
  execute: 'execute /usr/bin/env',
  memory: 'memory 300 MiB',
  cpu: 'cpu 200 %',
  run: 'run 10 min',
  processes: 'processes 20',
  'open-files': 'open-files 100',
  output: 'output 50 MiB',
  syscall: 'syscall ptrace',
  capability: 'capability NET_ADMIN',
  env: 'env HOME',
};

const KINDS = Object.keys(QUESTION_EXAMPLES) as Question['kind'][];
const LONGEST = 4096;

function bad(message: string, why: string, example: string): AppError {
  return new AppError({ code: 'input-invalid', message, why, next: `Write it like \`${example}\`.` });
}

const shown = (text: string): string => `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;

function port(text: string, example: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > 65_535) throw bad(`${shown(text)} is no port.`, 'Ports go from 1 to 65535.', example);
  return value;
}

function host(text: string, example: string): string {
  const address = parseAddress(text);
  const name = address === null ? normalName(text) : formatAddress(address);
  if (name === null) throw bad(`${shown(text)} is neither a name nor an address.`, 'A host is one of both.', example);
  return name;
}

function connection(text: string): Question {
  const example = QUESTION_EXAMPLES.connect;
  const link = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(text);
  if (link)
    throw bad(`${shown(text)} is a link.`, 'Ask for a host and a port.', `connect ${link[1] || 'api.example.org'}:443`);
  const [, body = '', protocol = 'tcp'] = /^(.*?)(?:\/(tcp|udp))?$/is.exec(text) ?? [];
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/s.exec(body) ?? [];
  if (digits === undefined)
    throw bad(
      `${shown(text)} names no port.`,
      'A connection goes to a host and a port.',
      `connect ${body.includes(':') ? `[${body.slice(0, 60)}]` : body.slice(0, 60) || 'api.example.org'}:443`,
    );
  return {
    kind: 'connect',
    host: host(bracketed ?? plain ?? '', example),
    port: port(digits, example),
    protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp',
  };
}

/** Absolute, or below the working folder; `~` is the home folder inside. */
function path(text: string, kind: 'read' | 'write' | 'execute'): string {
  // oxlint-disable-next-line no-control-regex
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text))
    throw bad(
      'The path is empty or has control characters.',
      'A path names one file or folder of the sandbox.',
      QUESTION_EXAMPLES[kind],
    );
  return text.replace(/^~(?=\/|$)/, '/home/script');
}

function written(text: string): Question {
  const [, name = '', size] = /^(.*?)(?:\s+(\d[\d.]*\s*[a-z]*))?$/is.exec(text) ?? [];
  return { kind: 'write', path: path(name, 'write'), bytes: size === undefined ? null : parseBytes(size) };
}

function call(text: string): string {
  const name = text.toLowerCase();
  if (!/^[a-z_][a-z0-9_]{0,63}$/.test(name))
    throw bad(
      `${shown(text)} is no system call.`,
      'Calls are named as in `man 2 syscalls`.',
      QUESTION_EXAMPLES.syscall,
    );
  const near = KNOWN_CALLS.includes(name) ? null : closest(name, KNOWN_CALLS);
  if (near !== null)
    throw bad(
      `There is no system call ${shown(name)} in the profiles.`,
      'The name is not one of those that Bellglass knows.',
      `syscall ${near}`,
    );
  return name;
}

function variable(text: string): string {
  if (!/^[A-Za-z_]\w{0,255}$/.test(text))
    throw bad(
      `${shown(text)} is no name of a variable.`,
      'Names have letters, digits and underscores.',
      QUESTION_EXAMPLES.env,
    );
  return text;
}

function read(kind: Question['kind'], rest: string): Question {
  switch (kind) {
    case 'connect':
      return connection(rest);
    case 'lookup':
      return { kind, name: host(rest, QUESTION_EXAMPLES.lookup) };
    case 'listen':
      return { kind, port: port(rest, QUESTION_EXAMPLES.listen) };
    case 'read':
    case 'execute':
      return { kind, path: path(rest, kind) };
    case 'write':
      return written(rest);
    case 'memory':
    case 'output':
      return { kind, bytes: parseBytes(rest) };
    case 'cpu':
      return { kind, percent: parseCpu(rest) };
    case 'run':
      return { kind, ms: parseDuration(rest) };
    case 'processes':
    case 'open-files':
      return { kind, count: parseCount(rest) };
    case 'syscall':
      return { kind, name: call(rest) };
    case 'capability':
      return { kind, name: capability(rest) };
    case 'env':
      return { kind, name: variable(rest) };
  }
}

/** Names that no policy may grant are questions as well. */
function capability(text: string): string {
  const name = text.toUpperCase().replace(/^CAP_/, '');
  return name === 'SETUID' || name === 'SETGID' ? name : parseCapability(text);
}

/** Reads `connect api.example.org:443` and the like. Throws AppError `input-invalid` with what to write instead. */
export function parseQuestion(text: string): Question {
  const [, verb = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(text.slice(0, LONGEST)) ?? [];
  if (text.length > LONGEST)
    throw bad('The question is too long.', `It has more than ${LONGEST} characters.`, QUESTION_EXAMPLES.read);
  const word = verb.toLowerCase().replaceAll('_', '-');
  const kind = KINDS.find((one) => one === word);
  if (kind === undefined) {
    const near = closest(word, KINDS) as Question['kind'] | null;
    const message = verb === '' ? 'There is no question.' : `${shown(verb)} cannot be asked.`;
    throw bad(message, `A question begins with one of ${KINDS.join(', ')}.`, QUESTION_EXAMPLES[near ?? 'connect']);
  }
  try {
    return read(kind, rest);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === 'input-invalid') throw thrown;
    throw new AppError(
      {
        ...thrown.toData(),
        code: 'input-invalid',
        next: thrown.next?.startsWith('Did you') ? thrown.next : `Write it like \`${QUESTION_EXAMPLES[kind]}\`.`,
      },
      { cause: thrown },
    );
  }
}
