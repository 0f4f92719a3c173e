/** Files for the import: chosen with a button or dropped on the view. */
import { useRef, useState, type DragEvent } from 'react';
import { POLICY_FILE_LIMIT } from '#shared/contract/policies.ts';
import { toast } from '../../ui/layers/toast.tsx';
import { showDialog } from './view-state.ts';

/** Files taken at once. */
const FILES_MAX = 100;

/** Reads the files as text and shows the import; what is too large is named and left out. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  const small = files.filter((file) => file.size <= POLICY_FILE_LIMIT).slice(0, FILES_MAX);
  const left = files.filter((file) => !small.includes(file));
  if (left.length > 0)
    toast(
      `Left out: ${left
        .slice(0, 3)
        .map((file) => file.name)
        .join(
          ', ',
        )}${left.length > 3 ? ` and ${left.length - 3} more` : ''}. A policy has at most 256 KiB, an import ${FILES_MAX} files.`,
      'failed',
    );
  if (small.length === 0) return;
  const read = await Promise.all(small.map(async (file) => ({ name: file.name, text: await file.text() })));
  showDialog({ kind: 'import', files: read });
}

/** Shows what the text of the clipboard would become: a `docker run` line, or any document that a file may be. */
export function importPasted(): void {
  navigator.clipboard.readText().then(
    (text) => void takeFiles([new File([text], 'pasted')]),
    () =>
      toast(
        'The browser does not let Bellglass read the clipboard. Save the text as a file and import that.',
        'failed',
      ),
  );
}

function chooseFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = '.yaml,.yml,.json,.txt,.sh,text/*';
  input.addEventListener('change', () => void takeFiles([...(input.files ?? [])]));
  input.click();
}

export function useFileDrop() {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const stop = (event: DragEvent): boolean => {
    if (!event.dataTransfer.types.includes('Files')) return false;
    // The window takes scripts, but not what is prevented: here a file is a policy.
    event.preventDefault();
    return true;
  };
  return {
    chooseFiles,
    over,
    dropProps: {
      onDragEnter: (event: DragEvent) => {
        if (!stop(event)) return;
        depth.current += 1;
        setOver(true);
      },
      onDragOver: (event: DragEvent) => {
        if (stop(event)) event.dataTransfer.dropEffect = 'copy';
      },
      onDragLeave: (event: DragEvent) => {
        if (!stop(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) setOver(false);
      },
      onDrop: (event: DragEvent) => {
        if (!stop(event)) return;
        depth.current = 0;
        setOver(false);
        void takeFiles([...event.dataTransfer.files]);
      },
    },
  };
}
