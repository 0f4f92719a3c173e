import { Command as Cmdk } from 'cmdk';
import { create } from 'zustand';
import { useRuns } from '../state/runs.ts';
import { LevelChip } from '../show/level-chip.tsx';
import { runLook } from '../show/run-chip.tsx';
import { useCommandList, type Command } from '../state/commands.ts';
import { go } from '../state/route.ts';
import { Icon } from '../ui/icon.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { focusReturn } from '../ui/layers/focus-back.ts';

const usePalette = create<{ open: boolean }>(() => ({ open: false }));

let returnFocus = (): void => undefined;

export function openPalette(): void {
  returnFocus = focusReturn();
  usePalette.setState({ open: true });
}

/** The focus goes back after the layer is gone; then what was chosen is done, so that its own layers know where they began. */
function close(then: () => void = () => undefined): void {
  usePalette.setState({ open: false });
  setTimeout(() => {
    returnFocus();
    then();
  });
}

/** Opening the palette is no news inside of it. */
const OWN = new Set(['palette', 'palette-f1']);

/** A command that has two keys is one command. */
function onceEach(commands: readonly Command[]): readonly Command[] {
  return [...new Map(commands.toReversed().map((one) => [`${one.group} ${one.title}`, one])).values()].toReversed();
}

/** Groups that are there in every view; what the view itself offers comes first. */
const EVERYWHERE = ['Go to', 'Launch', 'Policies', 'Open a workflow', 'Bellglass'];

/** Recent runs that the palette offers. */
const RECENT = 8;

const HEADING =
  '**:[[cmdk-group-heading]]:px-2.5 **:[[cmdk-group-heading]]:pt-2.5 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-sm **:[[cmdk-group-heading]]:text-muted';
const ITEM =
  'flex h-8 items-center gap-2.5 rounded px-2.5 select-none data-[selected=true]:bg-accent-pale data-[selected=true]:text-accent';

/** Every action by name: `Ctrl/Cmd+K` or `F1`. */
export function Palette() {
  const open = usePalette((state) => state.open);
  const commands = onceEach(useCommandList().filter(({ id }) => !OWN.has(id)));
  const runs = useRuns((state) => state.runs) ?? [];
  const groups = [...new Set(commands.map((command) => command.group))].toSorted(
    (a, b) => EVERYWHERE.indexOf(a) - EVERYWHERE.indexOf(b),
  );
  const act = (run: () => void) => () => close(run);
  return (
    <Cmdk.Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      label="Commands"
      overlayClassName="fixed inset-0 z-40 bg-overlay"
      contentClassName="layer-in fixed top-[12vh] left-1/2 z-50 w-140 max-w-[calc(100vw-48px)] -translate-x-1/2 overflow-hidden rounded-md border bg-panel"
    >
      <Cmdk.Input
        placeholder="Type a command or the name of a run"
        className="h-11 w-full border-b bg-panel px-4 outline-none"
      />
      <Cmdk.List className={`max-h-[min(420px,60vh)] overflow-auto p-1.5 ${HEADING}`}>
        <Cmdk.Empty className="px-3 py-6 text-center text-muted">Nothing has that name.</Cmdk.Empty>
        {groups.map((group) => (
          <Cmdk.Group key={group} heading={group}>
            {commands
              .filter((command) => command.group === group)
              .map((command) => (
                <Cmdk.Item
                  key={command.id}
                  value={`${command.title} ${command.id}`}
                  onSelect={act(command.run)}
                  className={ITEM}
                >
                  {command.icon && <Icon of={command.icon} />}
                  <span className="min-w-0 flex-1 truncate">{command.title}</span>
                  {command.keys && <Kbd keys={command.keys} />}
                </Cmdk.Item>
              ))}
          </Cmdk.Group>
        ))}
        {runs.length > 0 && (
          <Cmdk.Group heading="Open a run">
            {runs.slice(0, RECENT).map((run) => {
              const look = runLook(run.state, run.verdict?.outcome);
              return (
                <Cmdk.Item
                  key={run.id}
                  value={`${run.name} ${look.word} ${run.id}`}
                  onSelect={act(() => go({ at: 'run', id: run.id }))}
                  className={ITEM}
                >
                  <Icon of={look.icon} />
                  <span className="min-w-0 flex-1 truncate">
                    {run.name} <span className="text-muted">{look.word}</span>
                  </span>
                  <LevelChip level={run.level} />
                </Cmdk.Item>
              );
            })}
          </Cmdk.Group>
        )}
      </Cmdk.List>
    </Cmdk.Dialog>
  );
}
