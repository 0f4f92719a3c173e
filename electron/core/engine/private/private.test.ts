import { expect, it } from 'vitest';
import { mountsBelow } from './clean-up.ts';
import { layoutOf } from './layout.ts';

it('moves sockets to a short folder when the data folder is too deep for their 107 bytes (ENG-4)', () => {
  const short = layoutOf('/home/ann/.local/share/bellglass/engine', '/run/user/1000');
  expect(short.socket).toBe('/home/ann/.local/share/bellglass/engine/run/engine.sock');
  const deep = layoutOf(`/home/ann/${'very-deep/'.repeat(9)}engine`, '/run/user/1000');
  expect(deep.socket).toMatch(/^\/run\/user\/1000\/bellglass-[0-9a-f]{12}\/engine.sock$/);
  expect(deep.run).not.toBe(layoutOf(`/home/bob/${'very-deep/'.repeat(9)}engine`, '/run/user/1000').run);
});

it('unmounts only below its own folders, deepest first (ENG-4)', () => {
  const mountinfo = [
    '1 0 8:1 / / rw - ext4 /dev/sda rw',
    '2 1 0:5 / /d/engine/run/a\\040b rw - tmpfs x rw',
    '3 1 0:6 / /d/engine/run/a\\040b/deep rw - tmpfs x rw',
    '4 1 0:7 / /d/engine/runner rw - tmpfs x rw',
    '',
  ].join('\n');
  expect(mountsBelow(mountinfo, ['/d/engine/run'])).toEqual(['/d/engine/run/a b/deep', '/d/engine/run/a b']);
});
