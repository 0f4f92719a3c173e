import { expect, it } from 'vitest';
import { scriptCommand } from './command.ts';
import { foldersTo } from './payload.ts';

const OURS = { entrypoint: null, command: null, otherImage: false, workingDir: '/workspace' };

it('puts the entry point in the place of the interpreter and the command in the place of script and arguments (POL-2)', () => {
  const entrypoint = ['perl', '-w'];
  const command = ['-e', 'print 1'];
  expect(scriptCommand('python', '-x.py', ['a'])).toEqual(['/usr/bin/python3', './-x.py', 'a']);
  expect(scriptCommand('python', 'x.pl', ['a'], { ...OURS, entrypoint })).toEqual(['perl', '-w', 'x.pl', 'a']);
  expect(scriptCommand('python', 'x.py', ['a'], { ...OURS, command: ['-V'] })).toEqual(['/usr/bin/python3', '-V']);
  expect(scriptCommand('python', 'x.py', ['a'], { ...OURS, entrypoint, command })).toEqual([...entrypoint, ...command]);
});

it('looks the interpreter up in PATH in an image of another maker (IMG-5)', () => {
  expect(scriptCommand('node', 'x.js', [], { ...OURS, otherImage: true })).toEqual(['node', 'x.js']);
});

it('names the script by its whole path when it starts in another folder (RUN-4)', () => {
  expect(scriptCommand('bash', '-x.sh', ['a'], { ...OURS, workingDir: '/workspace/sub' })).toEqual([
    '/bin/bash',
    '/workspace/-x.sh',
    'a',
  ]);
  expect(scriptCommand('bash', 'x.sh', [], { ...OURS, workingDir: '/workspace/' })).toEqual(['/bin/bash', 'x.sh']);
  expect(foldersTo('/workspace/a//b/')).toEqual(['/workspace/a', '/workspace/a/b']);
  expect(foldersTo('/workspace')).toEqual([]);
});
