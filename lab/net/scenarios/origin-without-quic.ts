import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-without-quic',
  about: 'The service speaks no QUIC, to anybody.',
  world: [{ kind: 'quic-off', hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'] }],
  expected: { kind: 'reachable' },
}
