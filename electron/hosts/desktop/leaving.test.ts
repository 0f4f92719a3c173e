import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askBeforeLeaving, leaveWindow } from './leaving.ts';

class Page extends EventEmitter {
  readonly webContents = new EventEmitter();
  readonly asked: string[] = [];
  left = false;

  constructor(answer: number) {
    super();
    const dialog = {
      showMessageBoxSync: ({ message }: { message: string }): number => {
        this.asked.push(message);
        return answer;
      },
    };
    askBeforeLeaving(this as never, dialog as never);
  }

  /** As the window does when its page has something unsaved. */
  close(): void {
    this.webContents.emit('will-prevent-unload', { preventDefault: () => (this.left = true) });
    if (this.left) this.emit('closed');
  }
}

test('keeps the window with something unsaved in it unless the person lets it go (UX-4)', () => {
  const stays = new Page(0);
  stays.close();
  expect([stays.asked, stays.left]).toEqual([['Leave without saving the changed policies?'], false]);
  const goes = new Page(1);
  goes.close();
  expect(goes.left).toBe(true);
});

test('says whether the window was left, each time anew', async () => {
  const stays = new Page(0);
  expect([await leaveWindow(stays as never), await leaveWindow(stays as never)]).toEqual([false, false]);
  expect(stays.listenerCount('closed')).toBe(0);
  expect(await leaveWindow(new Page(1) as never)).toBe(true);
});
