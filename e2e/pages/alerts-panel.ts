/** The bell and the list behind it. */
import type { Locator, Page } from '@playwright/test';

export class AlertsPanel {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** With the words of its name: `no unread`, `2 unread`. */
  bell(words: string | RegExp): Locator {
    return this.page.getByRole('button', { name: words instanceof RegExp ? words : `Alerts: ${words}`, exact: true });
  }

  get panel(): Locator {
    return this.page.getByRole('dialog', { name: 'Alerts' });
  }

  line(text: string | RegExp): Locator {
    return this.panel.getByRole('link').filter({ hasText: text });
  }

  button(name: string): Locator {
    return this.panel.getByRole('button', { name });
  }
}
