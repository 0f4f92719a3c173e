import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askBeforeLeaving } from './leaving.ts';

function leave(answer: number): { asked: string[]; left: boolean } {
  const webContents = new EventEmitter();
  const asked: string[] = [];
  const dialog = {
    showMessageBoxSync: ({ message }: { message: string }): number => {
      asked.push(message);
      return answer;
    },
  };
  askBeforeLeaving({ webContents } as never, dialog as never);
  let left = false;
  webContents.emit('will-prevent-unload', { preventDefault: () => (left = true) });
  return { asked, left };
}

test('keeps the window with something unsaved in it unless the person lets it go (UX-4)', () => {
  expect(leave(0)).toEqual({ asked: ['Leave without saving the changed policies?'], left: false });
  expect(leave(1).left).toBe(true);
});
