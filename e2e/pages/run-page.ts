/** One run: terminal, charts, verdict, tabs. */
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export class RunPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get output(): Locator {
    return this.page.getByRole('region', { name: 'Output' });
  }

  /** The rows that the terminal shows; xterm gives them no role unless its reader mode is on. */
  get lines(): Locator {
    return this.output.locator('.xterm-rows');
  }

  get input(): Locator {
    return this.output.getByRole('textbox', { name: 'Input for the script' });
  }

  get verdict(): Locator {
    return this.page.getByRole('region', { name: 'Verdict' });
  }

  chart(title: 'Memory' | 'CPU' | 'Processes'): Locator {
    return this.page.getByRole('region', { name: 'Charts' }).getByRole('img', { name: new RegExp(`^${title}:`) });
  }

  state(word: string): Locator {
    return this.page.getByRole('status', { name: `State: ${word}` });
  }

  button(name: 'Pause' | 'Resume' | 'Stop' | 'Run again'): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name: new RegExp(`^${name}`) });
  }

  /** Waits for the end and for the words of the verdict. */
  async expectOutcome(words: string): Promise<void> {
    await expect(this.verdict).toContainText(words, { timeout: 80_000 });
  }
}
