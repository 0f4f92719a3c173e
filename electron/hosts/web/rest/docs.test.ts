/** The page about the API says what the contract says (DOC-1). */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { rest } from '#shared/contract/rest/rest.ts';
import { createDocument } from './document.ts';
import type { Document } from './testing/conform.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/api.md'), 'utf8');

it('lists every status with its codes as the contract has them', async () => {
  const { info } = (await createDocument('0.0.0')) as Document;
  const rows = (text: string): string[] => text.split('\n').filter((line) => /^\| \d{3} \|/.test(line));
  expect(rows(page)).toEqual(rows(info.description));
});

it('shows every path of the contract with curl', () => {
  for (const { '~orpc': procedure } of Object.values(rest)) {
    const start = (procedure.route.path ?? '').replace(/\{.*/, '');
    expect(page).toContain(start);
  }
});
