/**
 * Interpreters that are started before their script is known (RUN-11): which ones can, and with what. Pure.
 * A script can tell one by its age (`process.uptime()`, `/proc/self/stat`) and by `/proc/self/environ`, which the kernel keeps as
 * it was at the start; by nothing else that the tests know of.
 */
import type { Interpreter } from '#shared/script/detect.ts';
import { pathRules } from './path-rules.ts';
import { scriptFiles } from './open-files.ts';
import { baseEnvironment } from './payload.ts';
import { scriptArguments, type ScriptOf } from './script-payload.ts';

/** A started interpreter: the very command of the run, so that nothing of it has to be changed afterwards. */
export interface Booted {
  readonly interpreter: 'python' | 'node';
  readonly argv: readonly string[];
  /** What of the run's environment decides how it starts. */
  readonly env: Readonly<Record<string, string>>;
}

const FOLDER = '/usr/lib/bellglass/boot';

/** What an interpreter, or the C library under it, looks at while it starts and never again; the hooks in the image know the same names. */
const DECIDES: Readonly<Record<Booted['interpreter'], RegExp>> = {
  python: /^(?:PYTHON|LC_|LD_|MALLOC_|GLIBC_|GCONV_)|^(?:HOME|LANG|LANGUAGE|LOCPATH|NLSPATH|TZ|TZDIR)$/,
  node: /^(?:NODE_|UV_|LC_|LD_|MALLOC_|GLIBC_|ICU_|SSL_|OPENSSL_)|^(?:HOME|LANG|LANGUAGE|TZ|TZDIR)$/,
};

const isBootable = (interpreter: Interpreter): interpreter is Booted['interpreter'] => interpreter !== 'bash';

/** Null where the policy does not ask for one, or the script needs its interpreter started for it alone. */
export function bootOf(of: Omit<ScriptOf, 'runId' | 'imageEnv'>): Booted | null {
  const { launch, compiled, policy, env } = of;
  const { fields } = policy;
  const { interpreter } = launch;
  if (!fields['run.warm_interpreter'].value || !isBootable(interpreter)) return null;
  if (fields['image.name'].value !== null || fields['run.tty'].value) return null;
  if (fields['run.entrypoint'].value !== null || fields['run.command'].value !== null) return null;
  const argv = scriptArguments(of);
  if (pathRules(compiled.options.access, argv[0] ?? '').length > 0) return null;
  if (scriptFiles(compiled.options) !== undefined) return null;
  const decides = (name: string): boolean => DECIDES[interpreter].test(name);
  // A secret stays out of everything that is made before its run.
  if (Object.keys(launch.secrets ?? {}).some(decides)) return null;
  const all = { ...baseEnvironment(false), ...env, ...fields['run.env'].value, ...launch.env };
  if (interpreter === 'python' && all['PYTHONPATH'] !== undefined) return null;
  return { interpreter, argv, env: Object.fromEntries(Object.entries(all).filter(([name]) => decides(name))) };
}

/** The environment with which it is started: its own, and what makes it stop before the script. */
export function bootEnvironment({ interpreter, env }: Booted, prepares: boolean): Record<string, string> {
  const waits = { ...env, BELLGLASS_WAITER: prepares ? 'prepare' : 'wait' };
  if (interpreter === 'python') return { ...waits, PYTHONPATH: FOLDER };
  return { ...waits, NODE_OPTIONS: `${env['NODE_OPTIONS'] ?? ''} --require=${FOLDER}/node.cjs`.trim() };
}
