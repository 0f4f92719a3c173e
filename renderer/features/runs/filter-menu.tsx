/** Filters with a name, and files of what a filter finds. */
import { Bookmark, Download, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { Client } from '../../rpc/client.ts';
import { download } from '../../show/download.ts';
import { count } from '../../show/format.ts';
import { attempt, useClient, useLoad } from '../../state/client.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/layers/menu.tsx';
import { toast } from '../../ui/layers/toast.tsx';
import { TextDialog } from '../../ui/layers/text-dialog.tsx';

const FORMS = {
  csv: { file: 'runs.csv', title: 'Export as CSV' },
  json: { file: 'runs.jsonl', title: 'Export as JSON lines' },
  html: { file: 'runs.html', title: 'Export as HTML' },
} as const;

/** Saves the runs that fit as a file of the browser. */
async function exportRuns(client: Client, filter: string, form: keyof typeof FORMS): Promise<void> {
  await attempt(
    client.history.exportRuns({ filter, form }).then(({ text, runs }) => {
      download(FORMS[form].file, text);
      toast(`${count(runs, 'run')} saved as ${FORMS[form].file}.`);
    }),
  );
}

/** `usable`: the filter has no mistake in it. */
export function FilterMenu({
  text,
  usable,
  onChange,
}: {
  text: string;
  usable: boolean;
  onChange: (text: string) => void;
}) {
  const client = useClient();
  const { data: saved, reload } = useLoad(useCallback(() => client.history.filters(), [client]));
  const [naming, setNaming] = useState(false);
  const [busy, setBusy] = useState(false);
  const save = (form: keyof typeof FORMS): void => {
    setBusy(true);
    void exportRuns(client, text, form).finally(() => setBusy(false));
  };
  const same = saved?.find((one) => one.filter === text);
  return (
    <>
      <Menu
        label="Filters and export"
        trigger={
          <IconButton
            label={busy ? 'Exporting the runs' : 'Filters and export'}
            icon={Bookmark}
            size="sm"
            busy={busy}
          />
        }
      >
        {(saved ?? []).map(({ name, filter }) => (
          <MenuItem key={name} onSelect={() => onChange(filter)}>
            {name}
          </MenuItem>
        ))}
        <MenuItem icon={Bookmark} disabled={text === '' || !usable} onSelect={() => setNaming(true)}>
          Save this filter…
        </MenuItem>
        {same && (
          <MenuItem
            icon={Trash2}
            onSelect={() => void attempt(client.history.removeFilter({ name: same.name })).then(reload)}
          >
            Forget “{same.name}”
          </MenuItem>
        )}
        {(['csv', 'json', 'html'] as const).map((form) => (
          <MenuItem key={form} icon={Download} disabled={!usable} onSelect={() => save(form)}>
            {FORMS[form].title}
          </MenuItem>
        ))}
      </Menu>
      {naming && (
        <TextDialog
          title="Save this filter"
          description={text}
          label="Name"
          initial=""
          action="Save"
          check={(name) => (name.trim() === '' || name.length > 60 ? 'A name has 1 to 60 characters.' : null)}
          onDone={(name) => {
            setNaming(false);
            void attempt(client.history.saveFilter({ name: name.trim(), filter: text })).then(reload);
          }}
          onClose={() => setNaming(false)}
        />
      )}
    </>
  );
}
