import { Moon, Search, Square, Stethoscope, Sun } from 'lucide-react';
import { useState } from 'react';
import { stopAllRuns } from '../features/runs/actions.ts';
import { going, useRuns } from '../state/runs.ts';
import { chooseAppearance } from '../state/appearance.ts';
import { useClient } from '../state/client.tsx';
import { useCommandList, useCommands, type Command } from '../state/commands.ts';
import { go, routeOf, type Route } from '../state/route.ts';
import { Dialog } from '../ui/layers/dialog.tsx';
import { keyWords, Kbd } from '../ui/kbd.tsx';
import { useTheme } from '../ui/theme.ts';
import { usePolicyCommands } from './policy-commands.ts';
import { openPalette } from './palette.tsx';
import { VIEW_LIST } from './view-list.ts';
import { useWorkflowCommands } from './workflow-commands.ts';

/** The commands that are there in every view, and the list of all keys behind `?`. */
export function Shortcuts({ route }: { route: Route }) {
  const client = useClient();
  const theme = useTheme((state) => state.theme);
  const open = useRuns((state) => state.runs?.filter(going).length ?? 0);
  const [listed, setListed] = useState(false);
  const other = theme === 'dark' ? 'light' : 'dark';
  usePolicyCommands();
  useWorkflowCommands();
  useCommands('app', [
    {
      id: 'palette',
      title: 'Search or run a command',
      group: 'Bellglass',
      icon: Search,
      keys: '$mod+k',
      run: openPalette,
    },
    { id: 'palette-f1', title: 'Show all commands', group: 'Bellglass', icon: Search, keys: 'F1', run: openPalette },
    ...VIEW_LIST.map(({ view, title, icon, keys }) => ({
      id: `go-${view}`,
      title: `Go to ${title}`,
      group: 'Go to',
      icon,
      keys,
      run: () => go(routeOf(view)),
    })),
    {
      id: 'doctor',
      title: 'Open the engine doctor',
      group: 'Go to',
      icon: Stethoscope,
      run: () => go({ at: 'settings', part: 'doctor' }),
    },
    {
      id: 'theme',
      title: `Switch to the ${other} theme`,
      group: 'Bellglass',
      icon: other === 'dark' ? Moon : Sun,
      run: () => chooseAppearance(client, other),
    },
    ...(open > 0
      ? [
          {
            id: 'stop-all',
            title: 'Stop all runs',
            group: 'Runs',
            icon: Square,
            run: () => void stopAllRuns(client, open),
          },
        ]
      : []),
    // The view of one run has its own list.
    ...(route.at === 'run'
      ? []
      : [
          {
            id: 'keys',
            title: 'Show the keys of this view',
            group: 'Bellglass',
            keys: '[Shift]+?',
            run: () => setListed(true),
          },
        ]),
  ]);
  return listed ? <KeyList onClose={() => setListed(false)} /> : null;
}

function KeyList({ onClose }: { onClose: () => void }) {
  const bound = useCommandList().filter((command) => command.keys);
  const groups = Map.groupBy(bound, (command: Command) => command.group);
  return (
    <Dialog title="Keys of this view" onClose={onClose}>
      {[...groups].map(([group, commands]) => (
        <section key={group} className="px-4 pt-3 last:pb-3">
          <h3 className="text-sm text-muted">{group}</h3>
          <dl>
            {commands.map(({ id, title, keys = '' }) => (
              <div key={id} className="flex items-center gap-3 border-b py-1.5">
                <dt className="flex-1">{title}</dt>
                <dd>
                  <Kbd keys={keys} />
                  <span className="sr-only">{keyWords(keys)}</span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
