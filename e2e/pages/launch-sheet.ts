/** What is shown between choosing a script and running it. */
import type { Locator, Page } from '@playwright/test';

export class LaunchSheet {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get script(): Locator {
    return this.page.getByRole('region', { name: 'Script', exact: true });
  }

  get policy(): Locator {
    return this.page.getByRole('region', { name: 'Policy', exact: true });
  }

  get runButton(): Locator {
    return this.policy.getByRole('button', { name: 'Run', exact: true });
  }

  get cancelButton(): Locator {
    return this.policy.getByRole('button', { name: /^Cancel\b/ });
  }

  level(name: 'untrusted' | 'limited' | 'trusted' | 'system'): Locator {
    return this.policy.getByRole('radio', { name, exact: true });
  }
}
