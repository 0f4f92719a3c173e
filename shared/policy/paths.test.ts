import { expect, it } from 'vitest';
import { FIELDS } from './fields.ts';

const { kind } = FIELDS['files.blocked_paths'];

it.each([
  '/etc/passwd',
  '/etc/ssl/',
  '/proc/cpuinfo',
  '/sys/kernel',
  '/data/a b',
  '/opt',
  '/usr/bin/curl',
  '/usr/share',
])('takes %s as a blocked path (POL-8)', (path) => expect(kind.parse(path)).toEqual([path]));

it.each([
  '/',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/lib/bellglass/waiter',
  '/bin',
  '/lib',
  '/proc',
  '/proc/self',
  '/proc/self/environ',
  '/proc/1/root',
  '/sys',
  '/sys/fs',
  '/dev',
  '/dev/null',
  '/workspace',
  '/workspace/data',
  '/tmp/x',
  '/home',
  '/home/script/.ssh',
  '/etc/../usr',
  '/a:b',
  'etc/passwd',
  '/a\nb',
])('refuses to block %j, which would not hold or not start (POL-8)', (path) => {
  expect(() => kind.parse(path)).toThrow(expect.objectContaining({ code: 'policy-invalid', next: expect.any(String) }));
});
