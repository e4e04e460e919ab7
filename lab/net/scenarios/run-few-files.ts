import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'run-few-files',
  about: 'The machine of the owner lets the probe hold few sockets: a defect of its own, and no verdict on anybody.',
  world: [{ kind: 'few-files', files: 40 }],
  expected: { kind: 'not interfered', reachable: 0 },
}
