import { expect, test } from 'vitest';
import type { OwnPolicy } from '#shared/contract/policies.ts';
import type { Edit } from './edit.ts';
import {
  flushed,
  isBroken,
  isUnsaved,
  keepMine,
  onDisk,
  openDraft,
  redone,
  reverted,
  savedAs,
  takeTheirs,
  undone,
  withEdit,
  withText,
} from './draft.ts';

const MIB = 1024 * 1024;
const TEXT = `# prices, nothing else
trust_level: limited
resources:
  memory: 192 MiB # measured
x-owner: ops
`;
const policy: OwnPolicy = {
  name: 'prices',
  path: '/policies/prices.yaml',
  revision: '1',
  document: null,
  problems: [],
  modifiedAt: 0,
  openedAt: null,
  usedBy: [],
};
const memory = (value: number): Edit => ({ to: 'value', field: 'resources.memory', value });
const opened = openDraft(policy, TEXT);

test('shows a change of the form at once and writes it into the text in a pause, comments kept (POL-4)', () => {
  const changed = withEdit(withEdit(opened, memory(200 * MIB)), memory(256 * MIB));
  expect(changed.document.values['resources.memory']).toBe(256 * MIB);
  expect(changed.text).toBe(TEXT);
  expect(isUnsaved(changed)).toBe(true);
  const written = flushed(changed, 0);
  expect(written.text).toBe(TEXT.replace('192 MiB', '256 MiB'));
  expect(written.edits).toEqual([]);
});

test('keeps form and YAML in one history', () => {
  const typed = withText(flushed(withEdit(opened, memory(256 * MIB)), 0), `${TEXT}description: hello\n`, 10_000);
  const back = undone(typed, 20_000);
  expect(back.text).toContain('256 MiB');
  expect(undone(back, 20_000).text).toBe(TEXT);
  expect(redone(undone(back, 20_000)).document.values['resources.memory']).toBe(256 * MIB);
});

test('undoes a change of the form that has not reached the text yet', () => {
  expect(undone(withEdit(opened, memory(256 * MIB)), 0)).toMatchObject({ text: TEXT, edits: [] });
});

test('keeps what the text said last while it is broken, and takes no change of the form then (POL-4)', () => {
  const broken = withText(opened, TEXT.replace('memory', 'memroy'), 0);
  expect(isBroken(broken)).toBe(true);
  expect(broken.document.values['resources.memory']).toBe(192 * MIB);
  expect(broken.problems[0]).toMatchObject({ line: 4, column: 3 });
  expect(withEdit(broken, memory(MIB * 64))).toBe(broken);
});

test('says what no policy may have, and leaves it out of text and form (POL-1)', () => {
  const asked = withEdit(opened, { to: 'value', field: 'security.capabilities', value: ['SYS_ADMIN'] });
  const after = flushed(asked, 0);
  expect(after.refused).not.toBeNull();
  expect(after.text).toBe(TEXT);
  expect(after.document.values['security.capabilities']).toBeUndefined();
});

test('takes over a file that changed on disk while nothing is unsaved (POL-4)', () => {
  const theirs = TEXT.replace('192', '64');
  const after = onDisk(opened, '2', theirs);
  expect(after).toMatchObject({ text: theirs, saved: theirs, revision: '2', disk: null });
});

test('shows both when the file changed while something is unsaved, and loses neither', () => {
  const mine = withText(opened, TEXT.replace('192', '256'), 0);
  const theirs = TEXT.replace('192', '64');
  const both = onDisk(mine, '2', theirs);
  expect(both.disk).toEqual({ text: theirs, revision: '2' });
  expect(keepMine(both)).toMatchObject({ text: mine.text, revision: '2', saved: theirs, disk: null });
  const taken = takeTheirs(both, 10_000);
  expect(taken).toMatchObject({ text: theirs, revision: '2', disk: null });
  expect(isUnsaved(taken)).toBe(false);
  expect(undone(taken, 20_000).text).toBe(mine.text);
});

test('is no conflict when the disk has just what is here', () => {
  const mine = withText(opened, TEXT.replace('192', '256'), 0);
  expect(onDisk(mine, '2', mine.text)).toMatchObject({ disk: null, revision: '2', saved: mine.text });
  expect(onDisk(mine, '1', TEXT)).toBe(mine);
});

test('keeps the draft of a file that was deleted, to be written anew', () => {
  const mine = withText(opened, TEXT.replace('192', '256'), 0);
  const gone = onDisk(mine, null, null);
  expect(gone.disk).toEqual({ text: null, revision: null });
  expect(keepMine(gone)).toMatchObject({ revision: null, text: mine.text });
  expect(onDisk(keepMine(gone), null, null).disk).toBeNull();
});

test('goes back to the file as one step that can be undone', () => {
  const mine = withText(opened, TEXT.replace('192', '256'), 0);
  const back = reverted(mine, 10_000);
  expect(back.text).toBe(TEXT);
  expect(undone(back, 20_000).text).toBe(mine.text);
});

test('keeps what was typed while it was saved unsaved', () => {
  const later = withText(opened, TEXT.replace('192', '256'), 0);
  expect(isUnsaved(savedAs(later, { ...policy, revision: '2' }, TEXT))).toBe(true);
  expect(isUnsaved(savedAs(later, { ...policy, revision: '2' }, later.text))).toBe(false);
});
