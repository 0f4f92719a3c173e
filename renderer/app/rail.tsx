import clsx from 'clsx';
import { hrefOf, routeOf, viewOf, type Route } from '../state/route.ts';
import { Icon } from '../ui/icon.tsx';
import { keyWords } from '../ui/kbd.tsx';
import { Brand } from './brand.tsx';
import { VIEW_LIST } from './view-list.ts';

/** The six views. Narrow windows keep icon and label, one above the other. */
export function Rail({ route }: { route: Route }) {
  const current = viewOf(route);
  return (
    <nav aria-label="Views" className="flex w-48 shrink-0 flex-col border-r bg-panel max-[1100px]:w-17">
      <div className="flex h-12 items-center gap-2.5 px-4.5 max-[1100px]:justify-center max-[1100px]:px-0">
        <Brand />
        <span className="text-lg font-semibold max-[1100px]:hidden">Bellglass</span>
      </div>
      <ul className="flex flex-col gap-0.5 px-2.5 py-1 max-[1100px]:px-1.5">
        {VIEW_LIST.map(({ view, title, icon, keys }) => (
          <li key={view}>
            <a
              href={hrefOf(routeOf(view))}
              aria-current={current === view ? 'page' : undefined}
              aria-keyshortcuts={keys.replace('$mod', 'Control')}
              className={clsx(
                'group flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium transition-colors max-[1100px]:h-11 max-[1100px]:flex-col max-[1100px]:justify-center max-[1100px]:gap-0.5 max-[1100px]:px-0 max-[1100px]:text-xs',
                current === view ? 'bg-accent-pale text-accent' : 'text-muted hover:bg-raised hover:text-text',
              )}
            >
              <Icon of={icon} />
              {title}
              <span aria-hidden className="ml-auto font-mono text-xs text-muted max-[1100px]:hidden">
                {keyWords(keys)}
              </span>
            </a>
          </li>
        ))}
      </ul>
      <p className="mt-auto px-4.5 py-3 text-xs whitespace-nowrap text-muted max-[1100px]:hidden">
        No account · no telemetry
      </p>
    </nav>
  );
}
