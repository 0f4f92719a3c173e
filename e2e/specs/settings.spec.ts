import { axeViolations } from '../fixtures/axe.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe('a setting', () => {
  test('is changed by keyboard, holds at once, and says beside it what is wrong (HOST-6, UX-3, UX-4)', async ({
    page,
    client,
    shell: _,
  }) => {
    const value = async (): Promise<unknown> =>
      (await client.system.settings()).settings.find(({ key }) => key === 'max_concurrent')?.value;
    const running = page.getByText(/^0 of 10/);
    await expect(running).toBeVisible();
    await page.evaluate(() => (location.hash = '#/settings/general'));
    const field = page.getByRole('textbox', { name: 'Runs at once' });
    await field.fill('3');
    await field.press('Enter');
    await expect.poll(value).toBe('3');
    await expect(page.getByText(/^0 of 3/)).toBeVisible();
    await expect(field).toBeFocused();

    await field.fill('banana');
    await field.press('Enter');
    const problem = page.getByRole('alert').filter({ hasText: 'banana' });
    await expect(problem).toBeInViewport();
    await expect(field).toHaveAccessibleDescription(/is not a count/);
    expect(await axeViolations(page)).toEqual([]);
    // Leaving it does not ask again, and Escape takes it back.
    await field.press('Escape');
    await expect(field).toHaveValue('3');
    await expect(problem).toBeHidden();
    expect(await value()).toBe('3');

    await page.getByRole('button', { name: 'Back to the default of Runs at once' }).press('Enter');
    await expect(field).toHaveValue('10');
    await expect(field).toBeFocused();
    await expect(running).toBeVisible();
  });
});
