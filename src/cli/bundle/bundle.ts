import { defined } from '../../core/model/defined.ts'
import { join, relative } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { custodyEventSchema } from '../../core/model/custody.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { parseInstant, parseSha256 } from '../../core/model/units.ts'
import { makeFolderBundle } from '../../app/proof/folder-bundle.ts'
import type { BundleAsked, MadeBundle } from '../../pipeline/bundle/make-bundle.ts'
import type { NotGathered } from '../../pipeline/bundle/gather.ts'
import { task, type CommandCall } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { flag, optional, repeatable, withDefault, type OptionValues } from '../terminal/option.ts'
import { filePath, FINGERPRINTS, FOLDER, json, LANG, NETWORK, SERVICE, WAREHOUSE } from '../terminal/shared-options.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import type { OpenFolder } from '../../app/folder/open.ts'
import { folderDetection } from '../../app/folder/detection.ts'
import { writeHanging } from '../terminal/hanging.ts'
import { refuseTraces } from '../terminal/options.ts'
import { formatNumber } from '../../core/text/number.ts'
import { say } from '../../core/text/format.ts'
import { printable } from '../../core/text/printable.ts'
import { loadNames } from '../../app/web/load-names.ts'
import { BUNDLES_FOLDER } from '../../app/observatory/bundles.ts'

const OPTIONS = {
  incident: optional('ID', 'An incident, as "kuager incidents" lists it, with everything that it is derived from.'),
  measurement: repeatable('ID', 'Only measurements, by id.', { read: parseSha256 }),
  service: {
    ...SERVICE,
    about: 'With --network, --since and --until: every measurement of this service, regardless of its verdict.',
  },
  network: NETWORK,
  since: optional('TIME', 'Start of the period, UTC.', { read: parseInstant }),
  until: optional('TIME', 'End of the period, UTC, itself not included.', { read: parseInstant }),
  out: optional('DIR', 'Folder in which the bundle is written; nothing is overwritten.', {
    read: filePath,
    byDefault: 'the current folder',
  }),
  zip: flag('Write one zip instead of a folder: the same files give the same bytes.'),
  publish: flag('Write a zip where the site of the data folder serves it, /bundles/NAME.zip.'),
  actor: withDefault('NAME', 'Who makes it: a function or a pseudonym. It is published.', 'operator'),
  purpose: withDefault('TEXT', 'What it is for.', 'evidence for anyone who asks'),
  authority: optional('TEXT', 'By whose authority.'),
  fingerprints: { ...FINGERPRINTS, about: 'Block-page fingerprints, as the folder is judged with.' },
  folder: { ...FOLDER, about: 'Data folder; it may be served meanwhile.' },
  warehouse: WAREHOUSE,
  lang: LANG,
  json: json('Print what was made as one JSON object.'),
}
type Asked = OptionValues<typeof OPTIONS>

export const command = task({
  about: `
Export evidence that anyone can verify offline. A bundle contains measurements with proofs that they were logged, the
verdict on each, what they show together, and what speaks against it.`,
  examples: [
    '--incident youtube-as9198-20261205T1503Z-1 --zip',
    '--service youtube --network AS9198 --since 2026-12-01 --until 2026-12-02',
  ],
  usage: [
    '--incident ID [options]',
    '--measurement ID… [options]',
    '--service NAME --network ASN --since TIME --until TIME [options]',
  ],
  options: OPTIONS,
  notes: `
Incidents are updated first. A withdrawn one is bundled too: the bundle says that it was withdrawn, and why. How to
verify: data/VERIFY.md of the bundle, data/VERIFY.html, "kuager verify".`,
  exit: { 3: 'the measurements do not give the published incident; nothing was written' },
  run,
})

async function run(values: Asked, call: CommandCall): Promise<number> {
  const { world } = call
  const asked = readAsked(values)
  checkSaid(values)
  if (values.publish && values.out !== undefined)
    throw wrongOption('publish', 'found it with --out', 'one of the two: a published bundle is in the data folder')
  return onFolder(call, values.folder, async (open) => {
    const made = await bundleOf(open, { asked, values }, world)
    if (made.kind === 'made') {
      tell(made, await open.log(), values, world)
      return 0
    }
    world.err.write(`kuager: ${refusal(made)}\n`)
    return 3
  })
}

/** What custody will say of the bundle, held to its form before the work and not after it. Throws InputError. */
function checkSaid({ actor, purpose, authority }: Asked): void {
  for (const [option, text] of Object.entries({ actor, purpose, authority })) refuseTraces(option, text)
  const { shape } = custodyEventSchema
  if (!shape.actor.safeParse(actor).success)
    throw wrongOption('actor', `found "${printable(actor)}"`, 'at most 80 letters, digits, spaces, ".", "_" and "-"')
  if (!shape.reason.safeParse(purpose).success)
    throw wrongOption('purpose', `found ${purpose.length} characters`, '1 to 500 characters')
  if (!shape.authority.safeParse(authority).success)
    throw wrongOption('authority', `found ${authority?.length ?? 0} characters`, '1 to 500 characters')
}

/** Which of the three ways of asking; throws InputError for none and for two at once. */
function readAsked(values: Asked): BundleAsked {
  const { incident, measurement, service, network, since, until } = values
  const period = [service, network, since, until]
  const ways = [incident !== undefined, measurement.length > 0, period.some((one) => one !== undefined)]
  if (ways.filter(Boolean).length !== 1)
    throw new InputError(
      'Cannot write bundle: expected one of --incident, --measurement, and --service with --network',
      {
        code: 'argument.missing',
        path: 'bundle',
        expected: 'one of --incident, --measurement, and --service with --network',
      },
    )
  if (incident !== undefined) return { kind: 'incident', incident }
  if (measurement.length > 0) return { kind: 'named', ids: measurement }
  if (service === undefined || network === undefined || since === undefined || until === undefined)
    throw wrongOption(
      'service',
      'a part of the question is missing',
      '--service, --network, --since and --until together',
    )
  if (until <= since) throw wrongOption('until', 'it is not after --since', 'a time after --since')
  return { kind: 'period', service, asn: network, since, until }
}

async function bundleOf(
  folder: OpenFolder,
  { asked, values }: { readonly asked: BundleAsked; readonly values: Asked },
  world: World,
): Promise<MadeBundle | NotGathered> {
  const { signal } = world
  const detection = await folderDetection(folder, world)
  await detection.run('changed', { signal, onProgress: () => undefined })
  const fingerprints = fingerprintFiles(values.fingerprints, world)
  const parent = values.publish ? join(folder.path, BUNDLES_FOLDER) : (values.out ?? world.cwd)
  const form = values.zip || values.publish ? 'zip' : 'folder'
  return makeFolderBundle(folder, asked, {
    ...{ place: { parent, form }, fingerprintFiles: fingerprints, names: await loadNames(), signal },
    onProblem: (problem) => void world.err.write(`${problem}\n`),
    ...{ actor: values.actor, purpose: values.purpose },
    ...defined({ authority: values.authority }),
    ...progressTo(world),
  })
}

const SHOWN_EVERY_MS = 200

/** One line over and over, for a person who watches; nothing elsewhere. */
function progressTo(world: World): {
  readonly onGathered: (judged: number) => void
  readonly onProgress: (done: number, total: number) => void
} {
  let shown = 0
  const show = (text: string, last: boolean): void => {
    const now = Date.now()
    if (!world.terminal || (now - shown < SHOWN_EVERY_MS && !last)) return
    shown = now
    world.err.write(`\r\u001b[K${text}${last ? '\n' : ''}`)
  }
  return {
    onGathered: (judged) => show(`${judged} measurements judged`, false),
    onProgress: (done, total) => show(`${done} / ${total} measurements written`, done === total),
  }
}

/** Why nothing was written. */
function refusal(refused: NotGathered): string {
  switch (refused.kind) {
    case 'unknown':
      return 'Cannot write bundle: there is no such incident; "kuager incidents" lists them'
    case 'differs':
      return (
        `Cannot write bundle: the measurements do not give ${refused.incident.id} as it is published; ` +
        `different: ${refused.paths.slice(0, 10).join(', ')}. "kuager detect --all" revises it`
      )
  }
}

type KeyedLog = Awaited<ReturnType<OpenFolder['log']>>

/** What was made, and what its receiver should compare. */
function tell(made: MadeBundle, log: KeyedLog, { json, lang }: Asked, world: World): void {
  const { index, path, files, bytes, sha512 } = made
  const key = log.keys.at(-1)?.key
  const line = key === undefined ? '' : formatVerifierKey(key)
  if (json) {
    const { name, counts, without } = index
    const told = { name, path, files, bytes, sha512, counts, without, key: line }
    return void world.out.write(`${JSON.stringify(told)}\n`)
  }
  const shown = relative(world.cwd, path)
  const { measurements, erased, form_changed: changed, apart } = index.counts
  const of = [
    say(lang, 'bundle-made.measurements', { count: measurements }),
    ...(apart > 0 ? [say(lang, 'bundle-made.apart', { count: apart })] : []),
    ...(erased > 0 ? [say(lang, 'bundle-made.erased', { count: erased })] : []),
    ...(changed > 0 ? [say(lang, 'bundle-made.changed', { count: changed })] : []),
  ]
  const what = [
    say(lang, 'bundle-made.size', { files, megabytes: formatNumber(lang, bytes / 1e6, 1) }),
    of.join(', '),
    ...(index.simulated ? [say(lang, 'bundle-made.simulated')] : []),
    ...(made.withdrawn ? [say(lang, 'bundle-made.withdrawn')] : []),
  ]
  const missing = index.without
  const below = (text: string): void => writeHanging(world, '  ', text)
  writeHanging(world, '', shown.startsWith('..') ? path : shown)
  below(what.join('; '))
  if (missing.length > 0) below(say(lang, 'bundle-made.without', { list: missing.join(', ') }))
  below(say(lang, path.endsWith('.zip') ? 'bundle-made.zip-hash' : 'bundle-made.list-hash', { hash: sha512 }))
  below(say(lang, 'bundle-made.key', { key: line }))
}
