/** The theme as the settings file says; the browser keeps a copy so that the first paint is right. */
import { toErrorData, type Client } from '../rpc/client.ts';
import { toast } from '../ui/layers/toast.tsx';
import { APPEARANCES, setAppearance, type Appearance } from '../ui/theme.ts';

/** The setting that holds it. */
export const THEME_SETTING = 'theme';

/** Takes over what the settings file says, once. */
export async function takeAppearance(client: Client): Promise<void> {
  const { settings } = await client.system.settings();
  const setting = settings.find((one) => one.key === THEME_SETTING);
  const wanted = APPEARANCES.find((one) => one === setting?.value);
  if (wanted && setting?.source !== 'default') setAppearance(wanted);
}

/** Switches at once, and has it remembered. */
export function chooseAppearance(client: Client, appearance: Appearance): void {
  setAppearance(appearance);
  client.system
    .setSetting({ key: THEME_SETTING, value: appearance })
    .catch((thrown: unknown) => toast(`The theme holds for this page only. ${toErrorData(thrown).message}`, 'failed'));
}
