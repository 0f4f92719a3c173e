/** Starts the page: theme first, then the connection, then the app. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { followAlerts } from './features/alerts/store.ts';
import { followRuns } from './state/runs.ts';
import { followWorkflows } from './features/workflows/store.ts';
import { connect } from './rpc/client.ts';
import { takeAppearance } from './state/appearance.ts';
import { ClientProvider } from './state/client.tsx';
import { followEngine } from './state/engine.ts';
import { followHealth } from './state/health.ts';
import { followPolicies } from './state/policies.ts';
import { startTheme } from './ui/theme.ts';
import './ui/theme.css';

// Everything that again.js looks after has come.
sessionStorage.removeItem('bellglass.again');
startTheme();
const client = await connect();
const life = new AbortController();
followEngine(client, life.signal);
followRuns(client, life.signal);
followWorkflows(client, life.signal);
followHealth(client, life.signal);
followAlerts(client, life.signal);
followPolicies(client, life.signal);
void takeAppearance(client).catch(() => undefined);

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <ClientProvider client={client}>
      <App />
    </ClientProvider>
  </StrictMode>,
);
