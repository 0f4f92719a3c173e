/** The frame around every view: rail, top bar, palette. */
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export type View = 'Runs' | 'Policies' | 'Drill' | 'Images' | 'Audit' | 'Settings';

export class Shell {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the app and waits until it knows its engine. */
  async open(url: string): Promise<void> {
    await visit(this.page, url);
    await this.expectEngine(/Docker|Podman/);
  }

  async expectEngine(words: RegExp): Promise<void> {
    await expect(this.enginePill).toHaveAccessibleName(words, { timeout: 60_000 });
  }

  get enginePill(): Locator {
    return this.page.getByRole('link', { name: /^Engine:/ });
  }

  get stopAll(): Locator {
    return this.page.getByRole('button', { name: 'Stop all' });
  }

  view(name: View): Locator {
    return this.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name });
  }

  get title(): Locator {
    return this.page.getByRole('heading', { level: 1 }).first();
  }

  get palette(): Locator {
    return this.page.getByRole('dialog').getByRole('combobox');
  }

  /** Runs a command by name from the palette, keyboard only. */
  async command(name: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await expect(this.palette).toBeFocused();
    await this.palette.fill(name);
    await expect(this.page.getByRole('option', { name }).first()).toBeVisible();
    await this.page.keyboard.press('Enter');
  }

  /** Shows a run of which only the id is known, as a deep link does. */
  async showRun(id: string): Promise<void> {
    await this.page.evaluate((hash) => {
      window.location.hash = hash;
    }, `#/runs/${id}`);
  }
}

/** Goes to an address; again when a network of the machine came or went meanwhile, as a person's browser does by itself. */
async function visit(page: Page, url: string): Promise<void> {
  for (let left = 3; ; left -= 1) {
    try {
      await page.goto(url);
      return;
    } catch (failure) {
      if (left === 0 || !String(failure).includes('ERR_NETWORK_CHANGED')) throw failure;
    }
  }
}
