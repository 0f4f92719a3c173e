/** Values that a person typed, checked one by one (`--set`, launch sheet, settings). */
import type { EffectivePolicy, FieldPath, ListChange } from '../../domain/policy.ts';
import { AppError, type AppErrorData } from '../../lib/app-error.ts';
import { closest } from '../../lib/closest.ts';
import { anyField, FIELD_PATHS, isFieldPath, isListPath } from '../fields.ts';
import { overlay, type Layer } from './overlay.ts';

/** Things that no policy can change, with the reason (POL-1, last row). */
const FIXED =
  /^security\.(privileged|no_new_privileges|read_?only(_root(fs)?)?|devices|masked_paths|namespaces|pid|ipc|root)$/;

function unknown(path: string): AppError {
  const shown = path.slice(0, 80);
  if (FIXED.test(path)) {
    return new AppError({
      code: 'policy-invalid',
      message: `\`${shown}\` cannot be changed.`,
      why: 'Every sandbox has a read-only root, no new privileges, private namespaces and no devices.',
      next: 'Leave it out.',
    });
  }
  const near = closest(path, FIELD_PATHS);
  return new AppError({
    code: 'policy-invalid',
    message: `There is no policy field \`${shown}\`.`,
    why: 'The name is not one of the known fields.',
    next:
      near === null
        ? 'See all fields with `bellglass policy show --effective untrusted`.'
        : `Did you mean \`${near}\`?`,
  });
}

function parseValue(path: string, field: FieldPath, text: string): unknown {
  try {
    return anyField(field).kind.parse(text);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError({ ...thrown.toData(), message: `${path}: ${thrown.message}` }, { cause: thrown });
  }
}

/**
 * Reads dotted path → text; `network.allow.add` and `network.allow.remove` change a list instead of replacing it.
 * Throws AppError `policy-invalid` for an unknown path, a bad value or one that no level may have.
 */
export function parseSet(set: Readonly<Record<string, string>>): Layer {
  let layer: Layer = { values: {}, changes: {} };
  for (const [path, text] of Object.entries(set)) {
    const [, list = '', verb = ''] = /^(.+)\.(add|remove)$/.exec(path) ?? [];
    if (isFieldPath(path)) {
      layer = overlay(layer, { values: { [path]: parseValue(path, path, text) }, changes: {} });
    } else if (isListPath(list)) {
      const entries = parseValue(path, list, text) as readonly string[];
      const change: ListChange = verb === 'add' ? { add: entries, remove: [] } : { add: [], remove: entries };
      layer = overlay(layer, { values: {}, changes: { [list]: change } });
    } else throw unknown(path);
  }
  return layer;
}

/** What a complete policy may not combine, whatever tier it came from (POL-1); null when nothing is wrong. */
export function forbidden(policy: EffectivePolicy): AppErrorData | null {
  const { value, name } = policy.fields['security.capabilities'];
  if (value.length > 0 && policy.level !== 'system') {
    return {
      code: 'policy-invalid',
      message: `Capabilities (${value.join(', ')}) are refused under ${policy.level}.`,
      why: `Only \`system\` may grant capabilities; ${name} asks for them here.`,
      next: 'Leave `security.capabilities` out, or choose `--trust system`.',
    };
  }
  if (value.length > 0 && policy.fields['image.name'].value !== null) {
    return {
      code: 'policy-invalid',
      message: `Capabilities (${value.join(', ')}) are refused in an image of another maker.`,
      why: 'They are handed over by a program that begins as user 0, and in such an image that would be its own Perl.',
      next: 'Leave `security.capabilities` or `image.name` out.',
    };
  }
  return null;
}
