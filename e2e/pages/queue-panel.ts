/** Who waits: the line above the list, the panel behind it, and the banner on a run's own page. */
import type { Locator, Page } from '@playwright/test';

export class QueuePanel {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get strip(): Locator {
    return this.page.getByRole('region', { name: 'Queue' });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog', { name: /^Queue/ });
  }

  /** Of runs, without the head. */
  get rows(): Locator {
    return this.dialog.getByRole('grid', { name: 'Waiting runs' }).getByRole('row', { name: /, waits for / });
  }

  row(name: string): Locator {
    return this.rows.filter({ hasText: name });
  }

  /** Names in the order shown. */
  async names(): Promise<string[]> {
    return this.rows.evaluateAll((rows) =>
      rows.map((row) => (row.getAttribute('aria-label') ?? '').replace(/, waits for .*/su, '')),
    );
  }

  async open(): Promise<void> {
    await this.strip.getByRole('button', { name: /^Show the queue/ }).click();
  }

  get banner(): Locator {
    return this.page.getByRole('region', { name: 'Waiting' });
  }

  get secrets(): Locator {
    return this.page.getByRole('form', { name: 'Secrets' });
  }
}
