// The censor that reads packets: runs at the provider, takes its rules as lines of JSON from standard input, and sees
// what the router sends through its device. Usage: node inspector-program.ts DEVICE
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { PacketCensor } from './inspect.ts'
import { censorRuleSchema } from './rules.ts'
import { openTun } from './tun-device.ts'

const commandSchema = z.strictObject({ serial: z.number().int(), rules: z.array(censorRuleSchema) })
const [name = 'cz0'] = process.argv.slice(2)
const device = openTun(name)
let censor = new PacketCensor([])

device.listen((packet) => {
  const { answers, pass } = censor.decide(packet)
  for (const answer of answers) device.write(answer)
  if (pass === 'now') device.write(packet)
  else if (pass !== 'never') setTimeout(() => device.write(packet), pass.afterMs)
})

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { serial, rules } = commandSchema.parse(JSON.parse(line))
    censor = new PacketCensor(rules)
    process.stdout.write(`rules ${serial}\n`)
  })
  .on('close', () => process.exit(0))
process.stdout.write('open\n')
