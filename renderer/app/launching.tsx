/** Everything that brings a script to the launch sheet: files, folders, drops, pasted text, samples, earlier runs. */
import { Upload } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { SampleScript } from '#shared/contract/system.ts';
import { draftAgain } from '../features/launch/again.ts';
import {
  fromDrop,
  fromInput,
  givenSource,
  readPicked,
  textSource,
  type Brought,
  type Source,
} from '../features/launch/read-files.ts';
import { isMany } from '../features/launch/many/scripts.ts';
import { dropMany, openMany } from '../features/launch/many/store.ts';
import { flowFilesOf } from '../features/workflows/sheet/recognise.ts';
import { openFlow, openFlowAgain } from '../features/workflows/sheet/store.ts';
import { dropDraft, launchOf, openDraft, tryNext, useLaunch, type Draft } from '../features/launch/store.ts';
import { toErrorData, type Client } from '../rpc/client.ts';
import { attempt, useClient } from '../state/client.tsx';
import { layerOpen, takesText } from '../state/commands.ts';
import { go } from '../state/route.ts';
import type { ShownError } from '../ui/error-card.tsx';
import { Icon } from '../ui/icon.tsx';
import { toast } from '../ui/layers/toast.tsx';

export interface Launching {
  /** Reading what was chosen. */
  readonly busy: boolean;
  /** Why what was chosen cannot be launched. */
  readonly error: ShownError | null;
  readonly clearError: () => void;
  readonly pick: (folder: boolean) => void;
  readonly paste: () => void;
  readonly pasted: (text: string) => void;
  readonly dropped: (data: DataTransfer) => void;
  readonly sample: (sample: SampleScript) => void;
  readonly runSample: (sample: SampleScript) => Promise<boolean>;
  readonly again: (id: string, set: Readonly<Record<string, string>>) => void;
  readonly opened: (given: Parameters<typeof givenSource>[0] & { folder?: string | undefined }) => void;
  /** Opens the text of a file with workflows; nothing lies beside it. */
  readonly workflow: (name: string, text: string) => void;
  /** A workflow that was started, with all that it was given but its secrets. */
  readonly workflowAgain: (id: string) => void;
  /** The next script that is chosen is tried under this own policy; null takes that back. */
  readonly tryUnder: (policy: string | null) => void;
  readonly cancel: () => void;
}

function show(source: Source, over: Partial<Draft> = {}): void {
  dropMany();
  openDraft(source, over);
  go({ at: 'new' });
}

/** Each script is to be a run of its own. */
export function bringMany(source: Source): void {
  dropDraft();
  openMany(source);
  go({ at: 'new' });
}

/** They are the files of one script after all. */
export function bringOne(source: Source): void {
  dropMany();
  show(source);
}

/** What a person brought: a file with workflows has a sheet of its own. */
function bring(source: Source, folder?: string): void {
  const flows = flowFilesOf(source.texts);
  const path = flows.find((one) => one === source.entry) ?? flows[0];
  if (path === undefined) {
    if (isMany(source)) bringMany(source);
    else show(source);
    return;
  }
  tryNext(null);
  openFlow({
    // What was pasted has no name of its own.
    name: path.includes('.') ? path : 'flow.yaml',
    text: source.texts.get(path) ?? '',
    files: source.files.filter((file) => !flows.includes(file.path)),
    ...(flows.length > 1 ? { flows: new Map(flows.map((one) => [one, source.texts.get(one) ?? ''])) } : {}),
    ...(folder === undefined ? {} : { folder }),
    ...(source.project ? { project: source.project } : {}),
  });
  go({ at: 'new-workflow' });
}

const sampleSource = (sample: SampleScript): Source => textSource(sample.entry, sample.entry, sample.text);

async function runSample(client: Client, sample: SampleScript): Promise<boolean> {
  openDraft(sampleSource(sample), { trust: sample.trust, runtime: sample.runtime });
  const { draft } = useLaunch.getState();
  dropDraft();
  const launch = draft && launchOf(draft);
  if (!launch) return false;
  return attempt(client.runs.start(launch).then(({ id }) => go({ at: 'run', id })));
}

/** Opens the system's file or folder chooser. */
function choose(folder: boolean): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = !folder;
    input.webkitdirectory = folder;
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

export function useLaunching(): Launching {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  return useMemo(() => {
    const attemptToShow = async (work: () => Promise<Source | null>): Promise<void> => {
      setBusy(true);
      setError(null);
      try {
        const source = await work();
        if (source) bring(source);
      } catch (thrown) {
        setError(toErrorData(thrown));
        go({ at: 'runs' });
      } finally {
        setBusy(false);
      }
    };
    const read = async ({ name, picked, loose }: Brought): Promise<Source | null> =>
      picked.length === 0 ? null : { ...(await readPicked(name, picked)), loose };
    const pasted = (text: string): void => {
      if (text.trim() === '') {
        tryNext(null);
        toast('The clipboard holds no text.', 'failed');
      } else void attemptToShow(async () => textSource('Pasted script', 'pasted', text));
    };
    return {
      busy,
      error,
      clearError: () => setError(null),
      pick: (folder) =>
        void choose(folder).then((files) =>
          files.length > 0 ? attemptToShow(() => read(fromInput(files))) : tryNext(null),
        ),
      paste: () =>
        void navigator.clipboard
          .readText()
          .then(pasted, () =>
            toast('The browser does not let Bellglass read the clipboard. Press Ctrl+V here instead.', 'failed'),
          ),
      pasted,
      dropped: (data) => {
        // The walk begins here, in the event: afterwards the data is gone.
        const walking = fromDrop(data);
        const text = data.getData('text/plain');
        void attemptToShow(async () => {
          const found = await walking;
          if (found.picked.length === 0 && text !== '') return textSource('Dropped text', 'dropped', text);
          return read(found);
        });
      },
      sample: (sample) => show(sampleSource(sample), { trust: sample.trust, runtime: sample.runtime }),
      runSample: (sample) => runSample(client, sample),
      again: (id, set) =>
        void attempt(
          client.history.launch({ id }).then((given) => {
            const { source, over } = draftAgain(given, set);
            show(source, over);
            if (!given.whole)
              toast('Only the script and the policy of this run are still kept; the rest starts empty.');
          }),
        ),
      opened: (given) => bring(givenSource(given), given.folder),
      workflow: (name, text) => {
        openFlow({ name, text, files: [] });
        go({ at: 'new-workflow' });
      },
      workflowAgain: (id) =>
        void attempt(
          client.workflows.launch({ id }).then((launch) => {
            openFlowAgain(launch);
            go({ at: 'new-workflow' });
          }),
        ),
      tryUnder: tryNext,
      cancel: () => {
        dropDraft();
        dropMany();
        go({ at: 'runs' });
      },
    };
  }, [client, busy, error]);
}

/** The whole window takes drops and, outside of fields, pasted text. */
export function DropAnywhere({ launching }: { launching: Launching }) {
  const client = useClient();
  const [over, setOver] = useState(false);
  const { dropped, pasted, opened } = launching;
  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      if (!event.dataTransfer) return;
      // A part of the view takes it for itself.
      if (event.defaultPrevented) {
        setOver(false);
        return;
      }
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setOver(false);
      if (event.defaultPrevented) return;
      event.preventDefault();
      if (event.dataTransfer) dropped(event.dataTransfer);
    };
    const onPaste = (event: ClipboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      if (layerOpen() || takesText(target) || !event.clipboardData) return;
      event.preventDefault();
      if (event.clipboardData.files.length > 0) dropped(event.clipboardData);
      else pasted(event.clipboardData.getData('text/plain'));
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
      document.removeEventListener('paste', onPaste);
    };
  }, [dropped, pasted]);
  useEffect(() => {
    let current = true;
    client.system.takeOpened().then(
      (file) => {
        if (current && file) opened(file);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the file is handed over once per page
  }, [client]);
  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-3 z-60 flex flex-col items-center justify-center gap-2 rounded-md border-2 border-dashed border-accent bg-accent-pale/90 text-accent">
      <Icon of={Upload} size={28} />
      <p className="text-lg font-semibold">Drop to see what it may do</p>
      <p>Nothing runs yet.</p>
    </div>
  );
}
