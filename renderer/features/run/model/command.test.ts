import { expect, it } from 'vitest';
import type { RunDetail } from '#shared/contract/runs.ts';
import { quoteWord, runCommand } from './command.ts';

function detail(name: string, args: string[], fields: { field: string; value: string; tier: string }[] = []) {
  return {
    summary: { name, level: 'untrusted' },
    plan: { policy: 'untrusted', fields },
    args,
  } as unknown as RunDetail;
}

it('quotes what a shell would split, expand or run (RUN-1)', () => {
  expect(quoteWord('plain-1.py')).toBe('plain-1.py');
  expect(quoteWord('')).toBe("''");
  expect(quoteWord('a b')).toBe("'a b'");
  expect(quoteWord('$(id); `id` "x" \n')).toBe(`'$(id); \`id\` "x" \n'`);
  expect(quoteWord("it's")).toBe(`'it'\\''s'`);
});

it('gives the command with level, changed values and arguments (RUN-1)', () => {
  const command = runCommand(
    detail(
      'my job.py',
      ['--fast', 'a b'],
      [
        { field: 'resources.memory', value: '96 MiB', tier: 'run' },
        { field: 'resources.cpu', value: '25 %', tier: 'level' },
      ],
    ),
  );
  expect(command).toBe(`bellglass run --trust untrusted --set 'resources.memory=96 MiB' 'my job.py' -- --fast 'a b'`);
});

it('keeps a script that is named like an option a script (RUN-1)', () => {
  expect(runCommand(detail('-rf', []))).toBe('bellglass run --trust untrusted ./-rf');
});
