/** What is shown between choosing a script and running it. */
import type { Locator, Page } from '@playwright/test';

export class LaunchSheet {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get runButton(): Locator {
    return this.page.getByRole('button', { name: /^Run\b/ });
  }

  level(name: string): Locator {
    return this.page.getByRole('radio', { name: new RegExp(name, 'i') });
  }
}
