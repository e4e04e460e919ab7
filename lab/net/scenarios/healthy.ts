import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'healthy',
  about: 'Nothing is wrong: everything opens on a line that has no IPv6, as most have none.',
  services: [
    'youtube',
    'facebook',
    'instagram',
    'whatsapp',
    'telegram',
    'twitter',
    'signal',
    'tiktok',
    'google',
    'wikipedia',
    'mullvad',
    'vlast',
  ],
  expected: { kind: 'reachable' },
}
