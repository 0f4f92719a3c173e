/** The app itself: engine doctor, settings, self-check, appearance, about. */
import clsx from 'clsx';
import { hrefOf, SETTINGS_PARTS, type SettingsPart } from '../../state/route.ts';
import { About } from './about.tsx';
import { AlertSettings } from './alerts.tsx';
import { AppearanceChoice } from './appearance.tsx';
import { DoctorPage } from './doctor.tsx';
import { General } from './general.tsx';
import { SelfCheck } from './self-check.tsx';

const PARTS: Readonly<Record<SettingsPart, { title: string; lead: string; page: () => React.ReactNode }>> = {
  doctor: {
    title: 'Engine doctor',
    lead: 'Every engine looked for, what the chosen one can do, and what it enforces.',
    page: () => <DoctorPage />,
  },
  general: { title: 'General', lead: 'One file holds them all; edit it here or by hand.', page: () => <General /> },
  alerts: {
    title: 'Alerts',
    lead: 'What you are told without having to look for it, and how loudly.',
    page: () => <AlertSettings />,
  },
  'self-check': {
    title: 'Self-check',
    lead: 'Proves the sandbox on this computer, one line each.',
    page: () => <SelfCheck />,
  },
  appearance: { title: 'Appearance', lead: 'Holds at once and is remembered.', page: () => <AppearanceChoice /> },
  about: { title: 'About', lead: 'What runs here.', page: () => <About /> },
};

export function SettingsView({ part }: { part: SettingsPart }) {
  const { title, lead, page } = PARTS[part];
  return (
    <div className="flex h-full min-h-0 max-[860px]:flex-col">
      <nav
        aria-label="Settings"
        className="w-44 shrink-0 border-r bg-panel p-2.5 max-[860px]:w-full max-[860px]:overflow-x-auto max-[860px]:border-r-0 max-[860px]:border-b max-[860px]:p-1.5"
      >
        <ul className="flex flex-col gap-0.5 max-[860px]:flex-row">
          {SETTINGS_PARTS.map((one) => (
            <li key={one}>
              <a
                href={hrefOf({ at: 'settings', part: one })}
                aria-current={one === part ? 'page' : undefined}
                className={clsx(
                  'flex h-8 items-center rounded-md px-2.5 font-medium whitespace-nowrap',
                  one === part ? 'bg-accent-pale text-accent' : 'text-muted hover:bg-raised hover:text-text',
                )}
              >
                {PARTS[one].title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="min-h-0 min-w-0 flex-1 overflow-auto" tabIndex={-1}>
        <div className="mx-auto flex max-w-250 flex-col gap-4 p-5">
          <div>
            <h2 className="text-lg font-semibold">{title}</h2>
            <p className="text-muted">{lead}</p>
          </div>
          {page()}
        </div>
      </div>
    </div>
  );
}
