import { expect, it } from 'vitest';
import { scriptCommand } from './command.ts';

it('puts the entry point in the place of the interpreter and the command in the place of script and arguments (POL-2)', () => {
  const entrypoint = ['perl', '-w'];
  const command = ['-e', 'print 1'];
  expect(scriptCommand('python', '-x.py', ['a'])).toEqual(['/usr/bin/python3', './-x.py', 'a']);
  expect(scriptCommand('python', 'x.pl', ['a'], { entrypoint, command: null })).toEqual(['perl', '-w', 'x.pl', 'a']);
  expect(scriptCommand('python', 'x.py', ['a'], { entrypoint: null, command: ['-V'] })).toEqual([
    '/usr/bin/python3',
    '-V',
  ]);
  expect(scriptCommand('python', 'x.py', ['a'], { entrypoint, command })).toEqual([...entrypoint, ...command]);
});
