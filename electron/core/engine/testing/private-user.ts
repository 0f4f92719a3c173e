/** A process that uses a private engine, for tests of sharing and adoption: folder, assets, kind as arguments; `stop` as message. */
import { silentLog } from '../../storage/log.ts';
import { realSurroundings } from '../discovery/surroundings.ts';
import { privateEngine } from '../private/private-engine.ts';

const [folder = '', assets = '', kind = ''] = process.argv.slice(2);
const real = realSurroundings(process.env);
const around =
  kind === 'podman'
    ? { ...real, which: async (program: string) => (program === 'dockerd' ? null : await real.which(program)) }
    : real;
const engine = privateEngine({ folder, assets, around, log: silentLog });

process.on('message', () => {
  void engine.stop().then(() => process.exit(0));
});
await engine.start(() => {});
process.send?.('ready');
