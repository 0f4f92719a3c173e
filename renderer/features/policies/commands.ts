/** What can be done in the Policies view, by name and by key. */
import { ClipboardPaste, Columns2, FileUp, Plus, Search } from 'lucide-react';
import type { Command } from '../../state/commands.ts';
import { importPasted } from './use-file-drop.ts';
import { showDialog } from './view-state.ts';

export function viewCommands(chooseFiles: () => void): Command[] {
  return [
    {
      id: 'policy-import',
      title: 'Import a policy',
      group: 'Policies',
      icon: FileUp,
      keys: 'i',
      run: chooseFiles,
    },
    {
      id: 'policy-import-pasted',
      title: 'Import a policy from the clipboard',
      group: 'Policies',
      icon: ClipboardPaste,
      run: importPasted,
    },
    {
      id: 'policy-compare',
      title: 'Compare two policies',
      group: 'Policies',
      icon: Columns2,
      keys: 'c',
      run: () => showDialog({ kind: 'compare', left: 'untrusted', right: 'limited' }),
    },
    {
      id: 'policy-find',
      title: 'Find a policy',
      group: 'Policies',
      icon: Search,
      keys: '/',
      run: () => document.querySelector<HTMLElement>('[aria-label="Find a policy"]')?.focus(),
    },
    {
      id: 'policy-new-here',
      title: 'Make a new policy here',
      group: 'Policies',
      icon: Plus,
      keys: 'n',
      run: () => showDialog({ kind: 'new', from: null }),
    },
  ];
}
