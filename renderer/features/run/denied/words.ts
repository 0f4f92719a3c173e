/** What a person should know of places that are more than a host of the internet. */
import type { SpecialKind } from '#shared/policy/network/special.ts';

export const SPECIAL_WORDS: Readonly<Record<SpecialKind, string>> = {
  metadata: 'This is where a cloud hands out keys of the machine. A script hardly ever needs it.',
  host: 'This is the machine that the engine runs on: services that trust it would trust the script.',
  loopback: 'This is a loopback address.',
  'link-local': 'This address is for neighbours on the same wire.',
  private: 'This is an address of a private network, such as yours at home or at work.',
  multicast: 'This address reaches many machines at once.',
  translated: 'This IPv6 address stands for an IPv4 one, which could be any machine.',
  reserved: 'This address is reserved and belongs to nobody on the internet.',
};
