/** Own policies in the palette, from every view. */
import { Plus, Shield } from 'lucide-react';
import { useCommands } from '../state/commands.ts';
import { NO_POLICIES, usePolicies } from '../state/policies.ts';
import { go } from '../state/route.ts';

/** Policies that the palette offers at most; more are found in the view. */
const OFFERED = 100;

/** Offers to open each policy and to make a new one. */
export function usePolicyCommands(): void {
  const policies = usePolicies((state) => state.policies ?? NO_POLICIES);
  useCommands('own-policies', [
    {
      id: 'policy-new',
      title: 'New policy',
      group: 'Policies',
      icon: Plus,
      run: () => {
        go({ at: 'policies' });
        // Loaded with the view, so that the first bundle stays small.
        void import('../features/policies/view-state.ts').then(({ showDialog }) =>
          showDialog({ kind: 'new', from: null }),
        );
      },
    },
    ...policies.slice(0, OFFERED).map(({ name }) => ({
      id: `policy-open-${name}`,
      title: `Open policy ${name}`,
      group: 'Policies',
      icon: Shield,
      run: () => go({ at: 'policies', name }),
    })),
  ]);
}
