/** The one field table: forms, `--set`, defaults, summaries and the enforcement matrix read it. A new field is one entry. */
import type { FieldPath, ListPath } from '../domain/policy.ts';
import type { Field, FieldTable } from './field.ts';
import { files } from './fields/files.ts';
import { network } from './fields/network.ts';
import { image, quota, run } from './fields/others.ts';
import { resources } from './fields/resources.ts';
import { security } from './fields/security.ts';

export const FIELDS: FieldTable = { ...resources, ...network, ...files, ...security, ...image, ...run, ...quota };

export const FIELD_PATHS = Object.keys(FIELDS) as FieldPath[];

export function isFieldPath(path: string): path is FieldPath {
  return Object.hasOwn(FIELDS, path);
}

/** A field whose value is a list of words, which a tier may change instead of replacing it. */
export function isListPath(path: string): path is ListPath {
  return isFieldPath(path) && path !== 'files.mounts' && Array.isArray(FIELDS[path].defaults.untrusted);
}

/** One entry with its value type forgotten, for code that treats all fields alike; the value must be that field's own. */
export function anyField(path: FieldPath): Field<unknown> {
  return FIELDS[path] as Field<unknown>;
}
