/** A run's begin and end as the audit tells them: under which policy, with which script and image, and what came of it (AUD-1). */
import { canonical } from '#shared/audit/line.ts';
import type { EffectivePolicy, FieldPath } from '#shared/domain/policy.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import type { RunRecord } from '../runs/run-record.ts';
import type { RunTold } from '../runs/told.ts';
import type { AuditLog } from './audit.ts';
import { sha256 } from './file.ts';

/** SHA-256 of every effective value, whatever tier it came from. */
export function policyHash(policy: EffectivePolicy): string {
  const values = Object.fromEntries(
    (Object.keys(policy.fields) as FieldPath[]).map((path) => [path, policy.fields[path].value]),
  );
  return sha256(canonical({ level: policy.level, values }));
}

function scriptHash({ files, entry }: NormalLaunch): string | null {
  const file = files.find(({ path }) => path === entry);
  return file === undefined ? null : sha256(file.bytes);
}

/** Writes a record at each begin and end. `idOf`: the digest that a reference of an image stood for, where that is known. */
export function auditedRuns(audit: AuditLog, idOf: (reference: string) => string | undefined): RunTold {
  const named = (reference: string): string => {
    const id = idOf(reference);
    return id === undefined || reference.includes('@') ? reference : `${reference}@${id}`;
  };
  const hashes = new WeakMap<RunRecord, { policy: string; script?: string; token?: string }>();
  return {
    began(record, launch, plan, { by, broughtBack }) {
      const script = scriptHash(launch);
      const both = {
        policy: policyHash(record.policy),
        ...(script !== null && { script }),
        ...(by !== null && { token: by.token }),
      };
      hashes.set(record, both);
      audit.record({
        action: 'run.start',
        what: record.id,
        outcome: broughtBack ? 'back' : 'done',
        ...both,
        image: named(plan.image.reference),
      });
    },
    ended(record) {
      const { outcome = 'engine-error' } = record.verdict ?? {};
      const image = record.detail().container?.image;
      audit.record({
        action: 'run.finish',
        what: record.id,
        outcome,
        ...hashes.get(record),
        ...(image !== undefined && { image: named(image) }),
      });
    },
  };
}
