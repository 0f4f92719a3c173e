import { ErrorBoundary, type FallbackProps } from 'react-error-boundary';
import { toErrorData } from '../rpc/client.ts';
import { useRoute } from '../state/route.ts';
import { Button } from '../ui/button.tsx';
import { AskHost } from '../ui/layers/dialog.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { Toaster } from '../ui/layers/toast.tsx';
import { TipProvider } from '../ui/layers/tooltip.tsx';
import { Banners } from './banners.tsx';
import { DropAnywhere, useLaunching } from './launching.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { TopBar } from './top-bar.tsx';
import { Views } from './views.tsx';

/** The frame of every view. */
export function App() {
  const route = useRoute();
  const launching = useLaunching();
  return (
    <TipProvider>
      <a
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
        className="sr-only focus:not-sr-only focus:absolute focus:z-60 focus:m-2 focus:rounded-md focus:bg-panel focus:px-3 focus:py-1.5"
      >
        Skip to the view
      </a>
      <div className="flex h-full">
        <Rail route={route} />
        <div className="flex min-w-0 flex-1 flex-col">
          <TopBar route={route} />
          <Banners />
          <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
            <ErrorBoundary resetKeys={[window.location.hash]} FallbackComponent={Broken}>
              <Views route={route} launching={launching} />
            </ErrorBoundary>
          </main>
        </div>
      </div>
      <DropAnywhere launching={launching} />
      <Shortcuts route={route} />
      <Palette />
      <AskHost />
      <Toaster />
    </TipProvider>
  );
}

/** What stands in for a view that failed to draw; the frame stays usable. */
function Broken({ error, resetErrorBoundary }: FallbackProps) {
  return (
    <div className="mx-auto max-w-160 p-6">
      <ErrorCard
        error={toErrorData(error)}
        action={<Button onClick={resetErrorBoundary}>Show the view again</Button>}
      />
    </div>
  );
}
