/** The home view: launch strip, first steps, list. */
import type { Locator, Page } from '@playwright/test';

export class RunsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get launch(): Locator {
    return this.page.getByRole('region', { name: 'Launch' });
  }

  get firstSample(): Locator {
    return this.page.getByRole('button', { name: 'Run it now' });
  }

  get list(): Locator {
    return this.page.getByRole('grid', { name: 'Runs' });
  }

  row(name: string): Locator {
    return this.list.getByRole('row').filter({ hasText: name });
  }

  /** Names in the order shown, of the rows that are drawn. */
  async names(): Promise<string[]> {
    return this.list
      .getByRole('row')
      .evaluateAll((rows) => rows.flatMap((row) => row.getAttribute('aria-label')?.split(',')[0] ?? []));
  }

  get filter(): Locator {
    return this.page.getByRole('textbox', { name: 'Filter runs' });
  }

  /** Drops files or folders of this disk on the window, as a file manager does. */
  async drop(...paths: string[]): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
    }
    await session.detach();
  }

  /** Chooses a file with the file picker. */
  async open(path: string): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.launch.getByRole('button', { name: 'Open file' }).click();
    await (await chooser).setFiles(path);
  }

  /** Pastes text into the view with the keyboard. */
  async paste(text: string): Promise<void> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate((content) => navigator.clipboard.writeText(content), text);
    await this.page.keyboard.press('Control+v');
  }
}
