/** Looks whether somebody usable answers at a place, and says why not (ENG-1). */
import type { Attempt } from '#shared/domain/engine.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import type { EngineAddress } from '../adapter/address.ts';
import type { Engine } from '../port.ts';
import type { Candidate } from './candidate.ts';

/** The oldest API that has everything a sandbox needs (Docker 20.10). */
export const MIN_API = '1.41';

/** Milliseconds before silence counts as an answer. */
export const ANSWER_LIMIT = 2000;

/** Compares `1.41` and `1.9` as versions. */
export function apiAtLeast(api: string, least: string): boolean {
  const [major = 0, minor = 0] = api.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** A place that we look at without being told; its absence is no fault that somebody must mend. */
function isUsual({ id }: Candidate): boolean {
  return id.startsWith('socket:') || id.startsWith('pipe:');
}

/** Never rejects: what goes wrong is the attempt's reason. */
export async function tryCandidate(
  candidate: Candidate,
  connect: (address: EngineAddress) => Engine,
): Promise<Attempt> {
  const base = { id: candidate.id, label: candidate.label, address: candidate.url, usable: false } as const;
  const withFix = (reason: string, fix: string | undefined): Attempt =>
    fix === undefined ? { ...base, reason } : { ...base, reason, fix };
  if (!candidate.address) return withFix(candidate.reason ?? 'It cannot be used.', candidate.fix);
  const engine = connect(candidate.address);
  try {
    await engine.ping(ANSWER_LIMIT);
    const { kind, version, apiVersion, os } = await engine.version();
    const name = `${kind === 'docker' ? 'Docker' : 'Podman'} ${version}`;
    if (!apiAtLeast(apiVersion, MIN_API)) {
      return withFix(
        `${name} speaks API ${apiVersion}; Bellglass needs ${MIN_API} (Docker 20.10) or newer.`,
        'Update the engine.',
      );
    }
    if (os !== 'linux')
      return withFix(
        `${name} runs ${os} containers; Bellglass needs Linux containers.`,
        'Switch the engine to Linux containers.',
      );
    return { ...base, usable: true, reason: `${name} answers.` };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (isUsual(candidate) && /There is no socket/.test(error.why ?? ''))
      return withFix('Not there: not installed, or not running.', undefined);
    return withFix(error.why ?? error.message, error.next);
  } finally {
    await engine.dispose();
  }
}
