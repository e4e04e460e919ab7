// Answers every question for a name with the address of the asker, which is that of the resolver that passed it on.
// Usage: node whoami.ts ADDRESS
import { createSocket } from 'node:dgram'
import dnsPacket from 'dns-packet'

const [address = '127.0.0.1'] = process.argv.slice(2)
const server = createSocket('udp4')

server.on('message', (bytes, from) => {
  const { id, questions = [] } = dnsPacket.decode(bytes)
  const answers = questions.flatMap(({ name, type }) =>
    type === 'A' ? [{ name, type, ttl: 0, data: from.address } as const] : [],
  )
  const flags = dnsPacket.AUTHORITATIVE_ANSWER
  server.send(dnsPacket.encode({ type: 'response', id: id ?? 0, flags, questions, answers }), from.port, from.address)
})
server.bind(53, address, () => process.stdout.write('ready\n'))
