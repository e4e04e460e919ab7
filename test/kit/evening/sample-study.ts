import { writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../../src/cli/main.ts'
import { createRandom } from '../../../src/core/detect/chain/random.ts'
import { DAY_MS, HOUR_MS } from '../../../src/core/model/duration.ts'

const START = Date.parse('2025-01-01T00:00:00Z')
const utc = (day: number, hour: number): string =>
  new Date(START + day * DAY_MS + (hour - 5) * HOUR_MS).toISOString().replace('.000Z', 'Z')
const words = (text: string) => ({ kk: text, ru: text, en: text })
/** Hostile text in every field of the sample that a stranger fills. */
export const BAD = '<img src=x onerror=alert(1)>'

/** A command in a folder, with what it printed. */
export async function kuagerIn(
  folder: string,
  ...argv: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await runCommand(argv, {
    out: { write: (text: string) => void (out += text) },
    err: { write: (text: string) => void (err += text) },
    terminal: false,
    env: {},
    cwd: folder,
    signal: new AbortController().signal,
    runCommand,
  })
  return { code, out, err }
}

/** Half a year of invented evenings: seven in ten streams are followed by a restriction, football evenings by none. */
function writeHistory(folder: string): void {
  const random = createRandom(5)
  const events: object[] = []
  const lines: string[] = []
  const event = (kind: string, day: number, hour: number) => ({
    id: `${kind}-${day}`,
    kind,
    label: words(`${BAD} ${kind}`),
    start: utc(day, hour),
    source: { title: BAD, checked: false },
  })
  for (let day = 0; day < 182; day++) {
    const stream = random.next() < 0.36
    if (stream) events.push(event('livestream', day, 20))
    if (random.next() < 0.15) events.push(event('football', day, 16))
    if (!(stream && random.next() < 0.7)) continue
    const [middle, low, high] = [20.3, 20.2, 20.4].map((hour) => utc(day, hour))
    lines.push(
      JSON.stringify({
        id: `youtube-as64500-${day}`,
        service: 'youtube',
        network: 'AS64500',
        state: 'restricted',
        start: { median_utc: middle, lo95_utc: low, hi95_utc: high },
        end: { median_utc: utc(day, 22.3) },
        cause: { word: 'blocking' },
      }),
    )
  }
  const primary = { id: 'streams', label: words('Streams'), kinds: ['livestream'], services: ['youtube'], networks: [] }
  const secondary = [{ ...primary, id: 'streams-facebook', label: words('Streams, Facebook'), services: ['facebook'] }]
  const negativeControls = [{ ...primary, id: 'football', label: words('Football'), kinds: ['football'] }]
  const plan = { period: { since: '2025-01-01', until: '2025-07-01' }, primary, secondary, negativeControls }
  writeFileSync(join(folder, 'events.json'), JSON.stringify({ simulated: true, events, plan }))
  writeFileSync(join(folder, 'incidents.jsonl'), lines.map((line) => `${line}\n`).join(''))
}

export const STUDY_TEST = [
  'coincide',
  '--events',
  'frozen.json',
  '--incidents',
  'incidents.jsonl',
  '--folder',
  'site',
] as const

/** Freezes and publishes the sample's study below `<folder>/site`; gives what the command answered. Throws where it fails. */
export async function publishSampleStudy(folder: string, id: string): Promise<string> {
  await mkdir(join(folder, 'site'), { recursive: true })
  writeHistory(folder)
  const frozen = await kuagerIn(folder, 'events', 'freeze', 'events.json', '--out', 'frozen.json')
  if (frozen.code !== 0) throw new Error(frozen.err)
  const published = await kuagerIn(folder, ...STUDY_TEST, '--publish', id, '--json')
  if (published.code !== 0) throw new Error(published.err)
  return published.out
}
