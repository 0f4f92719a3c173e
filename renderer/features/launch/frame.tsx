/** Where the parts of a launch sheet stand: scripts beside the policy, above it where it is narrow. */
import type { ReactNode } from 'react';
import { Split } from '../../ui/split.tsx';
import { useNarrow } from '../../ui/use-narrow.ts';

export function LaunchFrame({
  scripts,
  tall = false,
  choices,
  ending,
  layer,
}: {
  scripts: ReactNode;
  /** The scripts need more room where it is narrow. */
  tall?: boolean;
  choices: ReactNode;
  ending: ReactNode;
  layer?: ReactNode;
}) {
  const narrow = useNarrow();
  if (narrow)
    return (
      <div className="flex h-full flex-col">
        <div className="min-h-0 flex-1 overflow-auto">
          <div className={`${tall ? 'h-96' : 'h-72'} border-b`}>{scripts}</div>
          <section aria-label="Policy" className="flex flex-col gap-3 p-4">
            {choices}
          </section>
        </div>
        {ending}
        {layer}
      </div>
    );
  const policy = (
    <section aria-label="Policy" className="flex h-full min-h-0 flex-col bg-background">
      <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-auto p-4">{choices}</div>
      {ending}
      {layer}
    </section>
  );
  return (
    <Split
      id="launch"
      className="h-full"
      panes={[
        { id: 'script', size: 58, min: '320px', content: scripts },
        { id: 'policy', size: 42, min: '380px', content: policy },
      ]}
    />
  );
}
