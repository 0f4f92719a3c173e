/** What other tools cannot carry of a policy, in sentences (POL-5). Pure. */
import type { EffectivePolicy } from '../../domain/policy.ts';
import type { SandboxOptions } from '../../domain/sandbox.ts';
import { formatBytes, formatDuration } from '../../lib/units.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import type { ExportContext } from './form.ts';

function network({ fields }: EffectivePolicy): string[] {
  const mode = fields['network.mode'].value;
  if (mode === 'none') return [];
  const caps = [fields['network.download'].value, fields['network.upload'].value, fields['network.connections'].value];
  return [
    ...(mode === 'restricted'
      ? ['Allowed names are known to the gateway only: this form has no network at all.']
      : ['Cloud metadata addresses and this machine are not blocked: only the gateway does that.']),
    ...(mode === 'full' && caps.some((cap) => cap !== null)
      ? ['Limits of bandwidth and connections are not kept.']
      : []),
    ...(mode === 'full' && fields['network.block'].value.length > 0 ? ['Blocked hosts are not blocked.'] : []),
    ...(fields['network.publish'].value.length > 0 && mode === 'restricted' ? ['Published ports are left out.'] : []),
  ];
}

/** What containers of any tool lack; `wallTime` when the form has none either. */
export function lost(policy: EffectivePolicy, options: SandboxOptions, wallTime: boolean): string[] {
  const { fields } = policy;
  const breaches = FIELD_PATHS.filter(
    (path) =>
      path.startsWith('resources.on_breach.') &&
      anyField(path).kind.format(fields[path].value) !==
        anyField(path).kind.format(anyField(path).defaults[policy.level]),
  );
  return [
    ...(wallTime
      ? [`Wall time of ${formatDuration(fields['resources.wall_time'].value)} is not kept: nothing ends the script.`]
      : []),
    `CPU time of ${formatDuration(fields['resources.cpu_time'].value)} holds for each process, not for all of them together.`,
    `Output beyond ${formatBytes(fields['resources.output'].value)} is not dropped.`,
    ...(breaches.length > 0 ? [`Breach actions are not carried: ${breaches.join(', ')}.`] : []),
    ...(options.access === null ? [] : ['Rules for reading, writing and executing paths are set by the waiter only.']),
    ...(options.capabilities.length > 0
      ? [`Capabilities (${options.capabilities.join(', ')}) would reach only root, so none is granted.`]
      : []),
    ...(options.canaries ? ['Canary secrets are not put there.'] : []),
    ...(options.mounts.some(({ type }) => type === 'copy') ? ['Folders that are copied in stay empty.'] : []),
    ...(fields['run.tty'].value ? ['There is no terminal: the script comes by standard input.'] : []),
    ...network(policy),
  ];
}

/** What the engine's own forms lack. */
export function lostOnEngine(policy: EffectivePolicy, options: SandboxOptions, context: ExportContext): string[] {
  const rates = options.diskRead !== null || options.diskWrite !== null;
  return [
    ...lost(policy, options, true),
    ...(options.blockedPaths.length > 0 ? ['Blocked paths are not hidden: only the API can name them.'] : []),
    ...(rates && !context.ioDevice
      ? ['Disk rates are left out: they name the disk of the engine, which is not known here.']
      : []),
    `The seccomp profile is a file of its own: ${context.seccompFile}.`,
  ];
}
