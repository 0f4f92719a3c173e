/** Settings with the engine doctor. */
import type { Locator, Page } from '@playwright/test';

export class Doctor {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get attempts(): Locator {
    return this.page.getByRole('table', { name: /engines/i });
  }
}
