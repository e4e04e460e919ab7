import { createSocket } from 'node:dgram'
import { millis } from '../../../src/core/model/units.ts'
import { resolveSystem } from '../../../src/net/dns/resolve-system.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { askResolversOnce } from '../../../src/runtime/resolver-options.ts'
import { answerFrom } from './control-world.ts'
import { answerQuestions } from './udp-resolver.ts'

/*
 * Runs in a mount namespace whose resolv.conf names the resolver below: it knows known.test and says nothing to any
 * other question, as a censor does that drops by name. Prints the failures of four such names and of the known one.
 */
askResolversOnce()
const socket = createSocket('udp4')
const known = answerFrom({ 'known.test': ['192.0.2.1'] })
answerQuestions(socket, (question, reply) => {
  if (question.questions?.[0]?.name === 'known.test') known(question, reply)
})
await new Promise<void>((resolve) => socket.bind(53, process.argv[2], resolve))
const tools = { clock: systemClock, signal: new AbortController().signal, limit: millis(1000) }
const dropped = Array.from({ length: 4 }, (_, i) => resolveSystem(`dropped-${i}.test`, tools))
const found = await resolveSystem('known.test', tools)
const failures = (await Promise.all(dropped)).map(({ failure }) => failure?.code)
socket.close()
process.stdout.write(JSON.stringify({ known: found.failure?.code ?? null, failures }))
process.exit(0)
