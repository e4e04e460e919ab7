// A resolver in the owner's home, as routers have one: passes each question on from a port of its own, gives back the
// first answer that comes and hears no second one. Runs at the gateway. Usage: node home-resolver.ts ADDRESS UPSTREAM
import { createSocket } from 'node:dgram'

const LIMIT_MS = 4000
const [address = '127.0.0.1', upstream = '127.0.0.1'] = process.argv.slice(2)
const home = createSocket('udp4')

home.on('message', (question, from) => {
  const asked = createSocket('udp4')
  const end = (): void => {
    clearTimeout(timer)
    asked.close()
  }
  const timer = setTimeout(end, LIMIT_MS)
  asked.once('message', (answer) => {
    home.send(answer, from.port, from.address)
    end()
  })
  asked.on('error', end)
  asked.send(question, 53, upstream)
})
home.bind(53, address, () => process.stdout.write('ready\n'))
