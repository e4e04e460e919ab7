import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { findValidation, logValidation } from '../../app/folder/log-frozen.ts'
import { publishValidation } from '../../app/proof/published-validations.ts'
import { parseForm, readJson, writeNewFile } from '../../app/proof/frozen-file.ts'
import {
  freezeValidation,
  predictCases,
  predictingProgram,
  readFrozenValidation,
  readLabels,
} from '../../app/proof/validation-file.ts'
import { scoreValidation } from '../../core/detect/validation/score-validation.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { InputError } from '../../core/model/errors.ts'
import {
  protocolSchema,
  type ErrorRate,
  type FrozenValidation,
  type ValidationScore,
} from '../../core/model/incident/validation.ts'
import { printable } from '../../core/text/printable.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { World } from '../../runtime/world.ts'
import { group, task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional, required } from '../terminal/option.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'

const SERIES = required('DIR', 'Folder of the series that the protocol names.', 'a folder')

const FREEZE = task({
  about: `
Record the program's answers before the labels are opened. It runs on every series of a protocol; its version, its
tables and the hash of each series are recorded (docs/methods/validation.md). The labels are not read: the protocol
has their hash.`,
  examples: ['protocol.json --series series --out frozen.json'],
  words: { PROTOCOL: 'The protocol, as JSON.' },
  options: {
    series: SERIES,
    out: required('OUT', 'Where it is written; nothing is overwritten.', 'a file that does not exist yet'),
  },
  async run({ series, out }, { world, words: [file = ''] }) {
    const protocol = parseForm(protocolSchema, await readJson(file, world), file)
    const cases = await predictCases(protocol, {
      series: resolve(world.cwd, series),
      signal: world.signal,
      ...(world.terminal
        ? { onCase: (id: string, done: number) => void world.err.write(`\r${done}/${protocol.cases.length} ${id} `) }
        : {}),
    })
    const frozen = await freezeValidation(protocol, cases, systemClock.now())
    await writeNewFile(out, `${JSON.stringify(frozen, undefined, 1)}\n`, world)
    world.out.write(`${cases.length} cases predicted. SHA-256: ${frozen.sha256}\n`)
    return 0
  },
})

const LOG = task({
  about: `
Add frozen predictions to the log of a data folder. The next checkpoint, with the stamps and signatures of others,
shows since when the predictions exist: log them before the labels are opened.`,
  examples: ['frozen.json --folder /var/lib/kuager'],
  words: { FROZEN: 'What "validate freeze" wrote.' },
  options: { folder: FOLDER, warehouse: WAREHOUSE },
  async run({ folder }, call) {
    const frozen = await loadFrozen(call.words[0] ?? '', call.world)
    return onFolder(call, folder, async (open) => {
      const log = await open.log()
      const leaf = await logValidation(log, frozen)
      await log.sequence()
      call.world.out.write(`Logged in "${log.origin}" as entry ${leaf}\n`)
      return 0
    })
  },
})

const OPEN = task({
  about: `
Open the labels and score the frozen predictions. Printed are Cllr and the least Cllr, rates of misleading evidence
with upper limits, and coverage. Labels with another hash than the protocol's are refused.`,
  examples: ['frozen.json --labels labels.json'],
  words: { FROZEN: 'What "validate freeze" wrote.' },
  options: {
    labels: required('LABELS', 'The labels, as JSON.', 'a file'),
    publish: optional('ID', 'Show both files and the figures on the site of the data folder, under this name.'),
    folder: FOLDER,
    warehouse: WAREHOUSE,
    json: json('Print one JSON object: the figures.'),
  },
  async run({ labels: named, publish, folder, json: asJson }, call) {
    const {
      world,
      words: [file = ''],
    } = call
    const frozen = await loadFrozen(file, world)
    const text = await readFile(resolve(world.cwd, named), 'utf8')
    const labels = readLabels(text, frozen)
    if (labels === undefined)
      throw new InputError(
        `Cannot open labels "${printable(named)}": their SHA-256 is ${hash('sha256', text)}, or their form is another`,
        {
          code: 'validation.labels',
          path: named,
          expected: `the labels of the protocol, SHA-256 ${frozen.protocol.labels_sha256}`,
        },
      )
    const score = scoreValidation(frozen.cases, labels)
    const tell = async (leaf?: number): Promise<number> => {
      world.out.write(
        asJson
          ? `${JSON.stringify(score)}\n`
          : scoreLines(score, frozen)
              .map((line) => `${line}\n`)
              .join(''),
      )
      if (publish === undefined) return 0
      const files = { frozen: await readFile(resolve(world.cwd, file), 'utf8'), labels: text, leaf }
      await publishValidation(resolve(world.cwd, folder), publish, files)
      if (leaf === undefined)
        world.err.write('The predictions are not in the log of the folder: the page says so (kuager validate log)\n')
      return 0
    }
    if (publish === undefined || !existsSync(resolve(world.cwd, folder, 'log'))) return tell()
    return onFolder(call, folder, async (open) => {
      const log = await open.begunLog()
      return tell(log === undefined ? undefined : await findValidation(log, frozen))
    })
  },
})

const REPEAT = task({
  about: `
Run the program again and list cases that differ. Another version of the program may say something else: then both
versions are printed.`,
  examples: ['frozen.json --series series'],
  words: { FROZEN: 'What "validate freeze" wrote.' },
  options: { series: SERIES },
  exit: { 3: 'a case differs' },
  async run({ series }, { world, words: [file = ''] }) {
    const frozen = await loadFrozen(file, world)
    const again = await predictCases(frozen.protocol, { series: resolve(world.cwd, series), signal: world.signal })
    const before = new Map(frozen.cases.map((one) => [one.id, encodeCanonical(one)]))
    const differ = again.filter((one) => before.get(one.id) !== encodeCanonical(one)).map(({ id }) => id)
    const now = await predictingProgram(frozen.protocol)
    world.out.write(
      `Predicted by: ${frozen.program.version}, ${frozen.program.rules}\nRepeated by: ${now.version}, ${now.rules}\n`,
    )
    world.out.write(differ.length === 0 ? 'All cases agree\n' : `Cases that differ: ${differ.join(', ')}\n`)
    return differ.length === 0 ? 0 : 3
  },
})

export const command = group({
  about: 'Score the program on cases with known truth. Predictions are frozen first, labels are opened later.',
  commands: { freeze: async () => FREEZE, log: async () => LOG, open: async () => OPEN, repeat: async () => REPEAT },
})

async function loadFrozen(file: string, world: World): Promise<FrozenValidation> {
  const frozen = readFrozenValidation(await readJson(file, world))
  if (frozen !== undefined) return frozen
  throw new InputError(`Cannot read "${printable(file)}": not frozen predictions, or changed since`, {
    code: 'validation.frozen',
    path: file,
    expected: 'what "kuager validate freeze" wrote',
  })
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const rate = ({ k, n, upper95 }: ErrorRate): string => `${k} of ${n}; at most ${percent(upper95)} (95 %)`

function scoreLines(
  { groups, cllr, misleading, coverage, falseIncidents }: ValidationScore,
  frozen: FrozenValidation,
): readonly string[] {
  const { start, end } = coverage
  return [
    `${frozen.protocol.title.en}${frozen.protocol.simulated ? ' (simulated)' : ''}`,
    `Program ${frozen.program.version}, rules ${frozen.program.rules}, frozen ${frozen.frozenAtUtc}`,
    '',
    'group        cases  raised  insufficient  "blocking"  "fault"',
    ...groups.map(
      (one) =>
        `${one.group.padEnd(10)} ${String(one.cases).padStart(7)} ${String(one.raised).padStart(7)} ${String(one.insufficient).padStart(13)} ${String(one.blocking).padStart(11)} ${String(one.fault).padStart(8)}`,
    ),
    '',
    cllr === undefined
      ? 'Cllr: one side has no case that states a ratio'
      : `Cllr ${cllr.cllr.toFixed(3)}, least ${cllr.least.toFixed(3)} (${cllr.interference} with interference, ${cllr.fault} without)`,
    `Without interference, ratio above 1: ${rate(misleading.forInterference)}; 10 or more: ${rate(misleading.forInterferenceTen)}; called blocking: ${rate(misleading.namedBlocking)}`,
    `With interference, ratio below 1: ${rate(misleading.forFault)}; 1/10 or less: ${rate(misleading.forFaultTen)}; called a fault: ${rate(misleading.namedFault)}`,
    `95 % intervals that meet the truth: start ${start.k} of ${start.n}, end ${end.k} of ${end.n}`,
    `False incidents in placebos: ${falseIncidents}`,
  ]
}
