import { beforeEach, expect, test } from 'vitest';
import type { OwnPolicy } from '#shared/contract/policies.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { Client } from '../../../rpc/client.ts';
import { usePolicies } from '../../../state/policies.ts';
import { isUnsaved, keepMine } from './draft.ts';
import { change, close, draftOf, edit, keepInStep, open, save, useDrafts } from './store.ts';

const MIB = 1024 * 1024;
const NAME = 'prices';

/** One file, as the core keeps it. */
function disk(text: string) {
  const file = { text, revision: 1, saves: 0 };
  const policy = (): OwnPolicy => ({
    name: NAME,
    path: '/policies/prices.yaml',
    revision: String(file.revision),
    document: null,
    problems: [],
    modifiedAt: 0,
    openedAt: null,
    usedBy: [],
  });
  const write = (next: string): void => {
    file.text = next;
    file.revision += 1;
  };
  const client = {
    policies: {
      get: async () => ({ policy: policy(), text: file.text }),
      save: async ({ text: next, revision }: { text: string; revision: string | null }) => {
        if (revision !== String(file.revision))
          throw new AppError({ code: 'input-invalid', message: 'changed meanwhile' });
        file.saves += 1;
        write(next);
        return { policy: policy() };
      },
    },
  } as unknown as Client;
  return { file, client, write, policy };
}

beforeEach(() => {
  close(NAME);
  useDrafts.setState({ opened: {}, errors: {} });
  usePolicies.setState({
    policies: [],
    context: {
      values: {},
      ceilings: {},
      defaultPolicy: 'untrusted',
      perRuntime: {},
      mountFolders: [],
      capabilities: null,
      folder: '/policies',
    },
  });
});

test('writes the file only when it is saved, and what the form shows is in it (POL-4)', async () => {
  const { file, client } = disk('trust_level: limited\n');
  await open(client, NAME);
  edit(NAME, { to: 'value', field: 'resources.memory', value: 192 * MIB });
  expect(useDrafts.getState().opened[NAME]?.meaning.effective.fields['resources.memory'].value).toBe(192 * MIB);
  expect(file.saves).toBe(0);
  expect(await save(client, NAME)).toBe(true);
  expect(file.text).toBe('trust_level: limited\nresources:\n  memory: 192 MiB\n');
  expect(isUnsaved(draftOf(NAME)!)).toBe(false);
  await save(client, NAME);
  expect(file.saves).toBe(1);
});

test('shows the file that changed between, instead of writing over it (POL-4)', async () => {
  const { file, client, write } = disk('trust_level: limited\n');
  await open(client, NAME);
  edit(NAME, { to: 'value', field: 'resources.memory', value: 192 * MIB });
  write('trust_level: trusted\n');
  expect(await save(client, NAME)).toBe(false);
  expect(draftOf(NAME)?.disk?.text).toBe('trust_level: trusted\n');
  expect(useDrafts.getState().errors[NAME]).toBeUndefined();
  expect(await save(client, NAME)).toBe(false);
  expect(file.text).toBe('trust_level: trusted\n');
});

test('saves no text with an error', async () => {
  const { file, client } = disk('trust_level: limited\n');
  await open(client, NAME);
  change(NAME, (draft) => ({ ...draft, text: 'x', problems: [{ severity: 'error' } as never] }));
  expect(await save(client, NAME)).toBe(false);
  expect(file.saves).toBe(0);
});

test('takes over what changed on disk while the view was not shown', async () => {
  const { client, write, policy } = disk('trust_level: limited\n');
  await open(client, NAME);
  write('trust_level: trusted\n');
  usePolicies.setState({ policies: [policy()] });
  const life = new AbortController();
  keepInStep(client, life.signal);
  await expect.poll(() => draftOf(NAME)?.document.level).toBe('trusted');
  life.abort();
});

test('opens a policy once, however often it is asked for at the same time', async () => {
  const { client } = disk('trust_level: limited\n');
  const [first, second] = await Promise.all([open(client, NAME), open(client, NAME)]);
  expect(first).toBe(second);
});

test('keeps what is unsaved of a file that was deleted, and writes it anew when asked (POL-4)', async () => {
  const { file, client } = disk('trust_level: limited\n');
  await open(client, NAME);
  edit(NAME, { to: 'value', field: 'resources.memory', value: 192 * MIB });
  const without = {
    policies: {
      get: () => Promise.reject(new AppError({ code: 'input-invalid', message: 'There is no policy.' })),
      save: async ({ text, revision }: { text: string; revision: string | null }) => {
        expect(revision).toBeNull();
        file.text = text;
        return { policy: disk(text).policy() };
      },
    },
  } as unknown as Client;
  const life = new AbortController();
  keepInStep(without, life.signal);
  await expect.poll(() => draftOf(NAME)?.disk).toEqual({ text: null, revision: null });
  life.abort();
  expect(await save(without, NAME)).toBe(false);
  change(NAME, keepMine);
  expect(await save(without, NAME)).toBe(true);
  expect(file.text).toContain('192 MiB');
});
