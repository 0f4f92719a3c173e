/** Whom two runs talked to. */
import clsx from 'clsx';
import { useState } from 'react';
import type { ComparedHost, HostSide } from '#shared/history/compare-network.ts';
import { showBytes } from '#shared/lib/units.ts';
import { count } from '../../show/format.ts';
import { VerdictMark } from '../../show/verdict-mark.tsx';
import { Button } from '../../ui/button.tsx';
import { ReportTable } from '../../ui/tables/report.tsx';
import { Same, SIDES } from './same.tsx';

/** Rows that are drawn before the rest is asked for. */
const SHOWN = 50;

const CHANGES: Readonly<Record<ComparedHost['change'], string>> = {
  'only-a': 'only in A',
  'only-b': 'only in B',
  verdict: 'decided differently',
  amounts: 'other amounts',
  same: 'the same',
};

export function Hosts({ hosts }: { hosts: readonly ComparedHost[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? hosts : hosts.slice(0, SHOWN);
  return (
    <div className="flex flex-col gap-2">
      {hosts.every(({ change }) => change === 'same') && <Same>Both did the same on the network.</Same>}
      <ReportTable
        caption="Hosts of both runs"
        columns={[
          { title: 'Host', className: 'w-2/7' },
          SIDES.a,
          SIDES.b,
          { title: 'Change', className: 'w-36 text-right' },
        ]}
      >
        {shown.map(({ host, a, b, change }, index) => (
          <tr key={host ?? `others ${index}`} className="border-b last:border-b-0">
            <th scope="row" className="py-1.5 pr-3 align-top font-mono text-sm font-normal break-all">
              {host ?? 'other hosts'}
            </th>
            <Side side={a} />
            <Side side={b} />
            <td
              className={clsx(
                'py-1.5 text-right align-top text-sm',
                change === 'same' || change === 'amounts' ? 'text-muted' : 'font-semibold',
              )}
            >
              {CHANGES[change]}
            </td>
          </tr>
        ))}
      </ReportTable>
      {hosts.length > shown.length && (
        <div>
          <Button size="sm" onClick={() => setAll(true)}>
            Show {count(hosts.length - shown.length, 'more host')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Side({ side }: { side: HostSide | null }) {
  if (side === null) return <td className="py-1.5 pr-3 align-top text-muted">not tried</td>;
  const { verdict, ports, lookups, connections, denied, received, sent, rule } = side;
  const parts = [
    ...(ports === '' ? [] : [`port ${ports}`]),
    ...(connections > 0 ? [count(connections, 'connection')] : [count(lookups, 'lookup')]),
    ...(denied > 0 && verdict !== 'denied' ? [`${denied} denied`] : []),
    ...(received + sent > 0 ? [`${showBytes(received)} in`, `${showBytes(sent)} out`] : []),
  ];
  return (
    <td className="py-1.5 pr-3 align-top" title={rule}>
      <VerdictMark verdict={verdict} />
      <span className="text-sm break-words text-muted">{parts.join(' · ')}</span>
    </td>
  );
}
