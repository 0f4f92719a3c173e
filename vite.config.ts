/** Three bundles, one per mode: `renderer` (the app), `desktop` (Electron's main module), `preload` (its bridge). */
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vite';
import { defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const renderer: UserConfig = {
  root: at('renderer'),
  base: './',
  plugins: [react(), tailwind()],
  build: {
    outDir: at('dist/renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    sourcemap: false,
    // The page's content security policy knows neither inline scripts nor data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
};

const desktop: UserConfig = {
  publicDir: false,
  build: {
    ssr: at('electron/hosts/desktop/main.ts'),
    outDir: at('dist/desktop'),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: { external: ['electron'], output: { entryFileNames: 'main.js' } },
  },
};

/** A sandboxed preload script is one CommonJS file that may require electron only. */
const preload: UserConfig = {
  publicDir: false,
  build: {
    lib: { entry: at('electron/preload/preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
    outDir: at('dist/preload'),
    emptyOutDir: true,
    target: 'chrome140',
    minify: false,
    rolldownOptions: { external: ['electron'] },
  },
};

export default defineConfig(({ mode }) => {
  if (mode === 'desktop') return desktop;
  if (mode === 'preload') return preload;
  return renderer;
});
