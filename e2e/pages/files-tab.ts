/** What a script gave back: tree, look into a file, saving. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';

export class FilesTab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get tree(): Locator {
    return this.page.getByRole('tree', { name: 'Files' });
  }

  file(name: string): Locator {
    return this.tree.getByRole('treeitem').filter({ hasText: name });
  }

  /** Presses what saves and returns the bytes with the name that the browser was given. */
  async saved(press: Locator): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), press.click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }
}
