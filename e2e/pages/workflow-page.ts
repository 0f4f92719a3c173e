/** Workflows: the sheet before one starts, the graph while it goes, the list of all. */
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export class WorkflowPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The file in the sheet. */
  get file(): Locator {
    return this.page.getByRole('region', { name: 'File', exact: true });
  }

  get text(): Locator {
    return this.file.getByRole('textbox');
  }

  /** The right-hand part of the sheet. */
  get sheet(): Locator {
    return this.page.getByRole('region', { name: 'Workflow', exact: true });
  }

  get runButton(): Locator {
    return this.page.getByRole('button', { name: 'Run', exact: true });
  }

  get graph(): Locator {
    return this.page.getByRole('listbox', { name: /^Steps/ });
  }

  /** A step of the graph by the beginning of what is said of it: `fetch, succeeded`. */
  step(spoken: string): Locator {
    return this.page.getByRole('option', { name: new RegExp(`^${spoken}(,|$)`) });
  }

  /** The panel of the chosen step. */
  panel(title: string): Locator {
    return this.page.getByRole('region', { name: `Step ${title}`, exact: true });
  }

  button(name: 'Stop' | 'Retry from here' | 'Open its run' | 'Forget' | 'Open as new'): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  shape(name: 'Graph' | 'Timeline'): Locator {
    return this.page.getByRole('radio', { name });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  get list(): Locator {
    return this.page.getByRole('grid', { name: 'Workflows' });
  }

  row(name: string): Locator {
    return this.list.getByRole('row').filter({ hasText: name });
  }

  /** The way between runs and workflows. */
  way(name: 'Runs' | 'Workflows'): Locator {
    return this.page.getByRole('navigation', { name: 'Runs or workflows' }).getByRole('link', { name });
  }

  /** Waits until the workflow says this of itself. */
  async expectState(word: string): Promise<void> {
    await expect(this.page.getByRole('status', { name: `State: ${word}` })).toBeVisible({ timeout: 80_000 });
  }
}
