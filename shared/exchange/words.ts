/** Why something was left in the sandbox, in words. */
import { TAKEN_LIMITS, type LeftReason } from '../domain/exchange.ts';

export const LEFT_WORDS: Readonly<Record<LeftReason, string>> = {
  symlink: 'It is a symbolic link; links are never followed.',
  hardlink: 'It is another name of a file that came out already.',
  special: 'It is no plain file: a device, a pipe or a socket.',
  name: 'Its name cannot be used on every system: too long, or with control or reserved characters.',
  case: 'Another file has the same name but for capital letters.',
  deep: `It lies more than ${TAKEN_LIMITS.depth} folders deep.`,
  count: `Only ${TAKEN_LIMITS.entries.toLocaleString('en')} files and folders come out.`,
  size: 'It is larger than the scratch of the sandbox, so most of it is not there.',
  total: 'All files together are larger than what may come out.',
  unreadable: 'The script did not let anybody read it.',
  mounted: 'It is mounted from elsewhere.',
  changed: 'It changed while it was read.',
  time: 'The time for taking files out was over.',
  disk: 'The disk of this computer refused it.',
  stream: 'What came out of the sandbox for it made no sense.',
};
