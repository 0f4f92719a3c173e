/** A document as the text of a policy file, in canonical form (POL-4). Pure. */
import type { PolicyDocument } from '../../domain/policy-document.ts';
import { plainDocument } from './plain.ts';
import { block } from './scalar.ts';

/** Canonical YAML: order and groups of the field table, one field per line, values with units. Empty for a document that says nothing. */
export function writePolicy(document: PolicyDocument): string {
  return block(plainDocument(document), '')
    .map((line) => `${line}\n`)
    .join('');
}
