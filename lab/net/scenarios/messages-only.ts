import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'messages-only',
  about: 'Only the host that carries messages is silent; the web page opens.',
  services: ['whatsapp', 'facebook', 'wikipedia'],
  censor: [{ kind: 'address', targets: ['chat.whatsapp-lab.net'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'whatsapp', mechanism: 'tcp.timeout', partial: true },
}
