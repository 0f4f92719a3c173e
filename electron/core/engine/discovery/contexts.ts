/** Docker contexts: the current one first, then the others by name. */
import { join } from 'node:path';
import { candidateFor, type Candidate } from './candidate.ts';
import type { Surroundings } from './surroundings.ts';

function parse(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function hostOf(meta: Record<string, unknown>): string | null {
  const endpoints = meta['Endpoints'] as Record<string, Record<string, unknown>> | undefined;
  const host = endpoints?.['docker']?.['Host'];
  return typeof host === 'string' && host !== '' ? host : null;
}

/** `DOCKER_CONTEXT` and the `currentContext` of the client's configuration name the first; `default` has no file and means the usual socket. */
export async function contextCandidates(around: Surroundings): Promise<Candidate[]> {
  const folder = around.env['DOCKER_CONFIG'] ?? join(around.home, '.docker');
  const configured = parse(await around.readText(join(folder, 'config.json')))['currentContext'];
  const current = around.env['DOCKER_CONTEXT'] ?? (typeof configured === 'string' ? configured : 'default');
  const metaFolder = join(folder, 'contexts', 'meta');
  const contexts: { name: string; host: string }[] = [];
  for (const entry of (await around.list(metaFolder)).toSorted()) {
    const meta = parse(await around.readText(join(metaFolder, entry, 'meta.json')));
    const host = hostOf(meta);
    if (typeof meta['Name'] === 'string' && host !== null) contexts.push({ name: meta['Name'], host });
  }
  const missing: Candidate[] =
    current !== 'default' && !contexts.some(({ name }) => name === current)
      ? [
          {
            id: `context:${current}`,
            label: `Docker context ${current}`,
            url: '',
            address: null,
            reason: 'It is the current context, but it is not defined.',
            fix: 'Run `docker context use default`.',
          },
        ]
      : [];
  const rank = (name: string): number => (name === current ? 0 : 1);
  return [
    ...missing,
    ...contexts
      .toSorted((one, other) => rank(one.name) - rank(other.name) || one.name.localeCompare(other.name))
      .map(({ name, host }) => candidateFor(`context:${name}`, `Docker context ${name}`, host)),
  ];
}
