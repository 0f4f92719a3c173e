import { FolderOutput } from 'lucide-react';
import { Empty } from '../../../ui/states.tsx';

/** What can be said about the files of this run. */
export function FilesTab() {
  return (
    <Empty icon={FolderOutput} title="Files do not leave the sandbox yet">
      The script can write to its workspace, which is deleted with the sandbox. Taking files out of{' '}
      <code className="font-mono text-sm">/workspace/output</code> is not part of this version.
    </Empty>
  );
}
