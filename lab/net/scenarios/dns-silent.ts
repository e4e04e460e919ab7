import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-silent',
  about: 'Questions for the name vanish on the way to whichever resolver.',
  censor: [{ kind: 'dns-drop', names: ['youtube-lab.net'] }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['dns.timeout', 'dns'] },
}
