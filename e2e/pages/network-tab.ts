/** Whom a run reached, and the card that asks about denied hosts. */
import type { Locator, Page } from '@playwright/test';

export class NetworkTab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get tab(): Locator {
    return this.page.getByRole('tab', { name: /^Network/ });
  }

  get grid(): Locator {
    return this.page.getByRole('grid', { name: 'Hosts' });
  }

  row(host: string, verdict: string): Locator {
    return this.grid.getByRole('row', { name: `${host}, ${verdict}` });
  }

  get card(): Locator {
    return this.page.getByRole('region', { name: 'Denied hosts' });
  }

  answer(name: string | RegExp): Locator {
    return this.card.getByRole('button', { name });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** The change of the policy, as a reviewer reads it. */
  get change(): Locator {
    return this.dialog.getByRole('region', { name: 'Change of the policy' });
  }
}
