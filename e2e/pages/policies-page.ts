/** Levels and own policies: the table, and the editor of one of them. */
import type { Locator, Page } from '@playwright/test';

export class PoliciesPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get table(): Locator {
    return this.page.getByRole('grid', { name: 'Policies' });
  }

  column(policy: string): Locator {
    return this.table.getByRole('columnheader').filter({ hasText: policy });
  }

  /** The cell that has the focus, or the field in it. */
  get focused(): Locator {
    return this.page.locator(':focus');
  }

  get newPolicy(): Locator {
    return this.page.getByRole('button', { name: 'New policy', exact: true });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  editor(policy: string): Locator {
    return this.page.getByRole('region', { name: `Policy ${policy}`, exact: true });
  }

  tab(name: 'Form' | 'YAML' | 'Diff'): Locator {
    return this.page.getByRole('tab', { name: new RegExp(`^${name}`) });
  }

  /** One setting in the form. */
  field(label: string): Locator {
    return this.page.getByRole('group', { name: label, exact: true });
  }

  slider(label: string): Locator {
    return this.page.getByRole('slider', { name: label, exact: true });
  }

  exact(label: string): Locator {
    return this.page.getByRole('textbox', { name: `${label}, exact` });
  }

  get yaml(): Locator {
    return this.page.getByRole('textbox', { name: /^YAML of/ });
  }

  get problems(): Locator {
    return this.page.getByRole('region', { name: 'Problems' });
  }

  get grants(): Locator {
    return this.page.getByRole('region', { name: 'What this grants' });
  }

  get question(): Locator {
    return this.page.getByRole('combobox', { name: 'Would this be allowed?' });
  }

  get save(): Locator {
    return this.page.getByRole('button', { name: /^Save/ });
  }

  get unsaved(): Locator {
    return this.page.getByText('unsaved', { exact: true });
  }
}
