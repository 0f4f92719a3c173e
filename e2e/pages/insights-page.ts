/** What many runs amount to. */
import type { Locator, Page } from '@playwright/test';

export class InsightsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  range(name: '24 hours' | '7 days' | '30 days' | 'All'): Locator {
    return this.page.getByRole('radio', { name, exact: true });
  }

  get charts(): Locator {
    return this.page.getByRole('radio', { name: 'Charts' });
  }

  get tables(): Locator {
    return this.page.getByRole('radio', { name: 'Tables' });
  }

  get sum(): Locator {
    return this.page.getByRole('status').filter({ hasText: ' since ' });
  }

  card(title: string): Locator {
    return this.page.locator('section').filter({ has: this.page.getByRole('heading', { name: title, exact: true }) });
  }

  /** The drawn bars of a chart; the drawing gives them no role. */
  bars(title: string): Locator {
    return this.card(title).locator('.recharts-bar-rectangle path');
  }
}
