import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'run-interrupted',
  about: 'The run is interrupted in its midst: what was not finished is not told.',
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
  world: [{ kind: 'interrupt', afterMs: 1500 }],
  expected: { kind: 'broken off' },
}
