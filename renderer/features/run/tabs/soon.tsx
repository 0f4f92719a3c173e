import { FolderOutput, Globe, Unplug } from 'lucide-react';
import type { Limits } from '../model/limits.ts';
import type { Refused } from '../model/refused.ts';
import { Empty } from '../../../ui/states.tsx';

/** What can be said about the network of this run. */
export function NetworkTab({ network, refused }: { network: Limits['network']; refused: readonly Refused[] }) {
  const attempts = refused.find(({ kind }) => kind === 'network');
  if (network === 'none')
    return (
      <Empty icon={Unplug} title="This run has no network">
        Only its own loopback exists.{' '}
        {attempts
          ? `It tried to leave ${attempts.times.toLocaleString('en')} ${attempts.times === 1 ? 'time' : 'times'} and could not; without a gateway the addresses are not known.`
          : 'No attempt to leave was counted.'}
      </Empty>
    );
  return (
    <Empty icon={Globe} title="Single connections are not recorded yet">
      The gateway that names, allows and refuses each host is not part of this version. The rates are in the charts.
    </Empty>
  );
}

/** What can be said about the files of this run. */
export function FilesTab() {
  return (
    <Empty icon={FolderOutput} title="Files do not leave the sandbox yet">
      The script can write to its workspace, which is deleted with the sandbox. Taking files out of{' '}
      <code className="font-mono text-sm">/workspace/output</code> is not part of this version.
    </Empty>
  );
}
