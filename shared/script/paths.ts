/** Paths of a launch: relative, inside the working folder, one meaning each. */
import { utf8Length } from './bytes.ts';
import { showShort } from './display.ts';
import { refuse } from './refuse.ts';

/** Linux' own limits, bytes. */
const COMPONENT_LIMIT = 255;
const PATH_LIMIT = 4096 - 256;
const DEPTH_LIMIT = 64;
/** Folders that Bellglass makes in the working folder: the script's /tmp and home. */
const OWN: readonly string[] = ['.tmp', '.home'];

/**
 * The path without `.` and empty parts. Newlines and escapes are legal in a name and are kept.
 * @throws AppError `input-invalid` when it is empty, absolute, leads upwards, or cannot be a Linux path.
 */
export function normalPath(path: string, what: 'file' | 'entry'): string {
  const shown = showShort(path, 80);
  const noun = what === 'entry' ? 'The entry' : 'The file name';
  const next = 'Give a path inside the folder, like `src/main.py`.';
  if (path.includes('\0'))
    refuse(`${noun} ${shown} has a NUL character.`, 'No file on Linux can have that name.', next);
  if (/\p{Cs}/u.test(path))
    refuse(
      `${noun} ${shown} is not valid text.`,
      'It has half of a character pair and cannot be written as UTF-8.',
      next,
    );
  if (path.startsWith('/'))
    refuse(`${noun} ${shown} is absolute.`, 'Every file of a launch lies inside its own working folder.', next);
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    refuse(
      `${noun} ${shown} leads upwards with \`..\`.`,
      'Every file of a launch lies inside its own working folder.',
      next,
    );
  if (parts.length === 0 || path.endsWith('/'))
    refuse(`${noun} ${shown || '(empty)'} names no file.`, 'A launch runs one of its files.', next);
  if (parts.length > DEPTH_LIMIT)
    refuse(
      `${noun} ${shown} is ${parts.length} folders deep, more than ${DEPTH_LIMIT}.`,
      'Such a tree is most likely a mistake.',
      'Launch a folder further down.',
    );
  const normal = parts.join('/');
  if (OWN.includes(normal))
    refuse(
      `${noun} ${shown} cannot be used.`,
      'Bellglass makes a folder of that name in the working folder.',
      'Rename the file.',
    );
  if (utf8Length(normal) > PATH_LIMIT || parts.some((part) => utf8Length(part) > COMPONENT_LIMIT)) {
    refuse(`${noun} ${shown} is too long.`, `Linux takes ${COMPONENT_LIMIT} bytes for one name.`, 'Shorten the name.');
  }
  return normal;
}

/** Refuses two files at one place, and a file where another one needs a folder. Names that differ in case are two files. */
export function checkTree(paths: readonly string[]): void {
  const files = new Set<string>();
  for (const path of paths) {
    if (files.has(path))
      refuse(
        `The file ${showShort(path, 80)} is there twice.`,
        'Only one file can have a path.',
        'Remove or rename one of them.',
      );
    files.add(path);
  }
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (files.has(folder))
        refuse(
          `${showShort(folder, 80)} is a file and also a folder of ${showShort(path, 80)}.`,
          'A path is one or the other.',
          'Remove or rename one of them.',
        );
    }
  }
}
