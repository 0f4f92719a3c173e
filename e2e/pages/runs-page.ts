/** The home view: launch strip, samples, list. */
import type { Locator, Page } from '@playwright/test';

export class RunsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get dropZone(): Locator {
    return this.page.getByRole('region', { name: 'Launch' });
  }

  get list(): Locator {
    return this.page.getByRole('grid', { name: 'Runs' }).or(this.page.getByRole('table', { name: 'Runs' }));
  }

  row(name: string): Locator {
    return this.list.getByRole('row').filter({ hasText: name });
  }

  sample(title: string): Locator {
    return this.page.getByRole('button', { name: title });
  }

  /** Drops a file on the launch strip as a file manager would. */
  async drop(name: string, text: string): Promise<void> {
    const data = await this.page.evaluateHandle(
      ([fileName, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], fileName));
        return transfer;
      },
      [name, text] as const,
    );
    for (const event of ['dragenter', 'dragover', 'drop'])
      await this.dropZone.dispatchEvent(event, { dataTransfer: data });
  }

  /** Chooses a file with the file picker. */
  async open(name: string, text: string): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.page.getByRole('button', { name: /^Open/ }).click();
    await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  }

  /** Pastes text into the view with the keyboard's paste. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((content) => {
      const data = new DataTransfer();
      data.setData('text/plain', content);
      document.body.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);
  }
}
