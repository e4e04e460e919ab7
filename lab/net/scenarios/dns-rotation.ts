import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-rotation',
  about: 'The resolver of the line gives other addresses of the service, on another network, that serve it as well.',
  world: [{ kind: 'rotation', hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'] }],
  expected: { kind: 'reachable' },
}
