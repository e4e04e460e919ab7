import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-upload-dead',
  about: 'The upload host is silent for everybody.',
  world: [{ kind: 'origin-down', hosts: ['upload.youtube-lab.net'], how: 'silent' }],
  expected: { kind: 'reachable' },
}
