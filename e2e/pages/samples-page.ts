/** The gallery of samples. */
import type { Locator, Page } from '@playwright/test';

export class SamplesPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  card(title: string): Locator {
    return this.page.getByRole('listitem').filter({ has: this.page.getByRole('heading', { name: title }) });
  }

  /** Opens a sample in the launch sheet. */
  async open(title: string): Promise<void> {
    await this.card(title).getByRole('button', { name: /^Open/ }).click();
  }

  /** Runs a sample straight under its own level. */
  async run(title: string): Promise<void> {
    await this.card(title).getByRole('button', { name: /^Run/ }).click();
  }
}
