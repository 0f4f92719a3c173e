import { unzipSync } from 'fflate';
import { axeViolations } from '../fixtures/axe.ts';
import { launchOf } from '../fixtures/client.ts';
import { ended } from '../fixtures/ended.ts';
import { expect, test } from '../fixtures/test.ts';
import { FilesTab } from '../pages/files-tab.ts';

/** One file of each kind that is shown, and names that a script chose to mislead. */
const SCRIPT = String.raw`
import base64, json, os, zlib, struct
os.chdir('/workspace/output')
os.makedirs('report/deep', exist_ok=True)
open('report/notes.txt', 'w').write('first line\nsecond line\n')
open('report/deep/rows.csv', 'w').write('city,rain\n"Bern, old town",3\nZürich,7\n')
open('data.json', 'w').write(json.dumps({'rows': [1, 2], 'ok': True}))
open('page.html', 'w').write('<script>document.title = "taken over"</script><b>bold</b>')
open('<img src=x onerror=alert(1)>.txt', 'w').write('a name is no markup\n')
open('picture.svg', 'w').write('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\0' + bytes((x * 4 % 256, y * 8 % 256, 160) * 1 for x in range(0)) + bytes([v for x in range(64) for v in (x * 4, y * 8 % 256, 160)]) for y in range(32))
open('picture.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 64, 32, 8, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
open('program.bin', 'wb').write(bytes(range(256)))
os.symlink('/etc/passwd', 'link.txt')
open('rtl\u202etxt.exe', 'w').write('turned')
open('bell\x07.txt', 'w').write('rings')
`;

test.describe('files', () => {
  test('shows text, a table, JSON and a picture of a run, and saves one and all (RUN-9, UX-3)', async ({
    page,
    client,
    shell,
    run,
  }) => {
    const files = new FilesTab(page);
    const id = await ended(client, launchOf('gives.py', SCRIPT, { set: { 'resources.memory': '128 MiB' } }));
    await shell.showRun(id);
    await expect(run.verdict).toContainText('Succeeded', { timeout: 60_000, ignoreCase: true });
    await run.tab('Files').click();

    await test.step('the tree, by keyboard', async () => {
      await expect(files.tree).toBeVisible();
      await files.file('report').first().click();
      await files.tree.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('End');
      const last = await files.tree.getAttribute('aria-activedescendant');
      expect(last).toMatch(/^file-\d+$/);
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        expect(await axeViolations(page)).toEqual([]);
      }
    });

    await test.step('text, table, JSON, picture', async () => {
      if ((await files.file('notes.txt').count()) === 0) await files.file('report').first().click();
      await files.file('notes.txt').click();
      await expect(page.getByText('second line')).toBeVisible();
      await files.file('rows.csv').click();
      await expect(page.getByRole('table', { name: 'Table' }).getByText('Bern, old town')).toBeVisible();
      expect(await axeViolations(page)).toEqual([]);
      await files.file('data.json').click();
      await expect(page.getByText('"ok": true')).toBeVisible();
      await files.file('picture.png').click();
      await expect(page.getByText('64 × 32')).toBeVisible();
      expect(await axeViolations(page)).toEqual([]);
    });

    await test.step('what a script wrote to mislead stays text', async () => {
      await files.file('page.html').click();
      await expect(page.getByText('document.title = "taken over"')).toBeVisible();
      await files.file('picture.svg').click();
      await expect(page.getByText('onload="alert(1)"')).toBeVisible();
      await files.file('program.bin').click();
      await expect(page.getByText('neither text nor a picture')).toBeVisible();
      expect(await page.title()).not.toContain('taken over');
      await page.getByRole('button', { name: /left in the sandbox/ }).click();
      const left = page.getByRole('region', { name: 'Left in the sandbox' });
      await expect(left).toContainText('link.txt');
      for (const name of ['onerror', 'bell', 'rtl']) await expect(left).toContainText(name);
      // Nothing that turns or rings reaches the page.
      const shown = await page.locator('body').innerText();
      expect(['\u0007', '\u202e'].filter((sign) => shown.includes(sign))).toEqual([]);
      expect(await axeViolations(page)).toEqual([]);
    });

    await test.step('one file, and all as a zip', async () => {
      await files.file('notes.txt').click();
      const one = await files.saved(page.getByRole('button', { name: 'Save', exact: true }));
      expect(one).toMatchObject({ name: 'notes.txt' });
      expect(one.bytes.toString()).toBe('first line\nsecond line\n');
      const all = await files.saved(page.getByRole('button', { name: 'Save all as zip' }));
      expect(all.name).toBe('gives.py.files.zip');
      const entries = unzipSync(all.bytes);
      expect(Object.keys(entries)).toEqual(
        expect.arrayContaining(['report/notes.txt', 'report/deep/rows.csv', 'picture.png']),
      );
      expect(Object.keys(entries).some((name) => name.includes('link.txt') || name.includes('..'))).toBe(false);
      expect(Buffer.from(entries['report/deep/rows.csv']!).toString()).toContain('Zürich,7');
    });

    await test.step('in a narrow window', async () => {
      await page.setViewportSize({ width: 960, height: 600 });
      await expect(files.tree).toBeVisible();
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test('says what a run that gave nothing back could have given (RUN-9, UX-4)', async ({
    page,
    client,
    shell,
    run,
  }) => {
    const id = await ended(client, launchOf('silent.py', 'print("nothing to give")\n'));
    await shell.showRun(id);
    await run.tab('Files').click();
    await expect(page.getByText('This run gave no files back')).toBeVisible();
    expect(await axeViolations(page)).toEqual([]);
  });
});
