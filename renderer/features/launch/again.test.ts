import { expect, it } from 'vitest';
import { withoutSecrets } from '#shared/history/again.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { validateLaunch } from '#shared/script/validate.ts';
import type { Launch } from '#shared/contract/runs.ts';
import { draftAgain } from './again.ts';
import { editDraft, launchOf, openDraft, useLaunch } from './store.ts';

const LAUNCH: Launch = {
  name: 'job',
  entry: 'main.py',
  files: [
    { path: 'main.py', content: toBase64(utf8('print("hi")\n')), executable: false },
    { path: 'data/rows.csv', content: toBase64(utf8('a,b\n1,2\n')), executable: false },
    { path: 'bin/tool', content: toBase64(new Uint8Array([0, 255, 10])), executable: true },
  ],
  runtime: 'python',
  policy: 'bots',
  set: { 'resources.memory': '192 MiB' },
  args: ['--name', "it's a name", ''],
  env: { MODE: 'dry run' },
  secrets: { TOKEN: 'sesame' },
  stdin: 'line one\nline two\n',
  input: { rows: [1, 2, { deep: null }] },
  variables: { limit: 5, name: 'text', none: null },
  eventMetadata: { by: 'cron' },
  tty: true,
  folder: '/home/ann/job',
  project: { path: '/home/ann/job/bellglass.yaml', text: 'trust_level: limited\n' },
};

function again(launch: Launch): Launch | null {
  const { source, over } = draftAgain(withoutSecrets(validateLaunch(launch)));
  openDraft(source, over);
  const { draft } = useLaunch.getState();
  if (!draft) throw new Error('there is no draft');
  expect(launchOf(draft)).toBe(null);
  editDraft({ secrets: draft.secrets.map((secret) => ({ ...secret, value: 'sesame' })) });
  const { draft: filled } = useLaunch.getState();
  return filled && launchOf(filled);
}

it('gives the same launch again once its secrets are typed, and waits for them until then (RUN-12, RUN-4)', () => {
  expect(again(LAUNCH)).toEqual(LAUNCH);
  expect(again({ ...LAUNCH, stdin: null, tty: false })).toMatchObject({ stdin: null, tty: false });
});

it('leaves what was open open (RUN-12)', () => {
  const bare: Launch = { name: 'main.py', entry: 'main.py', files: LAUNCH.files.slice(0, 1) };
  const { source, over } = draftAgain(withoutSecrets(validateLaunch(bare)), { 'resources.memory': '1 GiB' });
  openDraft(source, over);
  const { draft } = useLaunch.getState();
  expect(draft && launchOf(draft)).toEqual({
    ...bare,
    set: { 'resources.memory': '1 GiB' },
    args: [],
    env: {},
    secrets: {},
    tty: false,
  });
});
