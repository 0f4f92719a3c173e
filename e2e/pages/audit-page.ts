/** The audit: chain state, filter, records, details. */
import type { Locator, Page } from '@playwright/test';

export class AuditPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get chain(): Locator {
    return this.page.getByRole('status', { name: 'Chain' });
  }

  get filter(): Locator {
    return this.page.getByRole('textbox', { name: 'Filter records' });
  }

  get records(): Locator {
    return this.page.getByRole('grid', { name: 'Records' });
  }

  /** Rows of an action, newest first. */
  rows(action: string): Locator {
    return this.records.getByRole('row', { name: new RegExp(`, ${action.replace('.', '\\.')},`) });
  }

  get details(): Locator {
    return this.page.getByRole('region', { name: 'Record' });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Saves the audit as a file and returns its path. */
  async export(item: RegExp): Promise<string> {
    const saved = this.page.waitForEvent('download');
    await this.button('Export…').click();
    await this.page.getByRole('menuitem', { name: item }).click();
    return (await saved).path();
  }
}
