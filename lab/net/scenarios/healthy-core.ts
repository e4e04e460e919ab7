import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'healthy-core',
  about: 'Nothing is wrong, measured as every quarter of an hour.',
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
  ],
  scope: 'core',
  expected: { kind: 'reachable' },
}
