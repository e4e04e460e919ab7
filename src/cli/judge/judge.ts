import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { isNotTaken } from '../../core/model/measured/not-taken.ts'
import { formatAsn, formatInstantUtc } from '../../core/model/units.ts'
import { encodeVerdict } from '../../core/model/measured/verdict-wire.ts'
import { judgeBytes, type JudgedBytes, type JudgeTools } from '../../pipeline/judge/judge-bytes.ts'
import { readMeasurements } from '../../pipeline/import/read/measurements.ts'
import { formatPosition, type Position } from '../../pipeline/import/read/piece.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { loadNetworks, type Networks } from '../../runtime/tables/networks.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import type { Lang } from '../../core/text/lang.ts'
import { say } from '../../core/text/format.ts'
import { groundSentence, layerSentence, missingSentence, verdictSentence } from '../../core/text/sentence/verdict.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { task } from '../terminal/command.ts'
import { FINGERPRINTS, json, LANG, networks } from '../terminal/shared-options.ts'
import { printable } from '../../core/text/printable.ts'

interface Show {
  readonly world: World
  readonly lang: Lang
  readonly json: boolean
  readonly tools: JudgeTools
  readonly networks: Networks
}

export const command = task({
  about: `
Say what each measurement of a file shows. Prints one sentence for each measurement, then its grounds. Nothing is
stored.`,
  examples: ['measurements.jsonl --lang en'],
  words: {
    'FILE…': 'A file, a folder or a URL: JSON, JSONL, gzip, zstd and tar in any nesting, recognised by their content.',
  },
  options: {
    lang: LANG,
    json: json('Print one JSON object per line; what cannot be read goes to standard error.'),
    fingerprints: FINGERPRINTS,
    networks: networks('Names of networks, CSV "start,end,asn,name" or JSON, in addition to the bundled ones.'),
  },
  exit: { 0: 'success', 3: 'some input could not be read' },
  run: ({ lang, json, fingerprints, networks }, { world, words }) =>
    judgeAll(words, {
      world,
      lang,
      json,
      tools: {
        tables: loadTables({ fingerprintFiles: fingerprintFiles(fingerprints, world) }),
        certificates: openCertificates(),
      },
      networks: loadNetworks(networks),
    }),
})

async function judgeAll(files: readonly string[], show: Show): Promise<number> {
  const { world } = show
  let unread = 0
  for (const named of files) {
    const isUrl = /^https?:\/\//i.test(named)
    const path = isUrl ? named : resolve(world.cwd, named)
    const isFolder = !isUrl && (await stat(path).catch(() => undefined))?.isDirectory() === true
    for await (const piece of readMeasurements(path, { signal: world.signal })) {
      const { file } = piece.position
      const position = { ...piece.position, file: isUrl ? file : isFolder ? join(named, file) : named }
      if (piece.kind === 'reject') unread += sayUnread(show, position, piece.code, piece.detail)
      else unread += judgeOne(show, position, piece.bytes)
    }
  }
  return unread > 0 ? 3 : 0
}

/** Judges and shows one value; gives 1 where it could not be read. */
function judgeOne(show: Show, position: Position, bytes: Uint8Array): number {
  try {
    const judged = judgeBytes(bytes, show.tools)
    if (judged.kind === 'aside') {
      const why = say(show.lang, `not-taken.${judged.reason}`)
      const detail = judged.detail === '' ? '' : ` (${judged.detail})`
      show.world.err.write(`${printable(`${formatPosition(position)}: ${why}${detail}`)}\n`)
    } else if (show.json) show.world.out.write(`${JSON.stringify(line(position, judged))}\n`)
    else show.world.out.write(paragraph(show, position, judged))
    return 0
  } catch (error) {
    if (error instanceof InputError) return sayUnread(show, position, error.code, error.message)
    throw error
  }
}

function sayUnread(show: Show, position: Position, code: string, detail: string): 1 {
  const why = isNotTaken(code) ? `${say(show.lang, `not-taken.${code}`)}: ` : ''
  show.world.err.write(`${printable(`${formatPosition(position)}: ${why}${detail} (${code})`)}\n`)
  return 1
}

/** One line of `--json`: docs/formats/verdict.md. */
const line = (
  position: Position,
  { id, head, service, verdict, wrongFields }: JudgedBytes,
): Record<string, unknown> => ({
  file: position.member === undefined ? position.file : `${position.file}!${position.member}`,
  line: position.line,
  id,
  measurement_uid: head.measurementUid ?? null,
  test_name: head.testName,
  test_version: head.testVersion,
  service,
  input: head.input ?? null,
  probe_asn: formatAsn(head.probeAsn),
  probe_cc: head.probeCc,
  started_at_utc: formatInstantUtc(head.startedAt),
  simulated: head.simulated,
  verdict: encodeVerdict(verdict),
  claim: head.claim,
  wrong_fields: wrongFields ?? 0,
})

function paragraph(show: Show, position: Position, judged: JudgedBytes): string {
  const { lang, networks, tools } = show
  const { head, verdict, service, wrongFields } = judged
  const known = tools.tables.services.find((one) => one.id === service)
  const network = networks.network(head.probeAsn)?.name ?? head.probeNetworkName
  const sentence = verdictSentence(lang, {
    serviceName: known?.name ?? service.replace(/^(web|test):/, ''),
    asn: head.probeAsn,
    ...defined({ networkName: network }),
    verdict,
    simulated: head.simulated,
  })
  const where = `${formatPosition(position)} · ${head.testName} ${head.testVersion} · ${formatInstantUtc(head.startedAt)}`
  const lines = [
    sentence,
    ...counted(
      verdict.grounds.map((ground) => `  ${say(lang, `role.${ground.role}`)}: ${groundSentence(lang, ground)}`),
    ),
    ...counted(verdict.layers.map((layer) => `  ${layerSentence(lang, layer)}`)),
    missingSentence(lang, verdict.missing),
    wrongFields === undefined ? '' : say(lang, 'sentence.wrong-fields', { count: wrongFields }),
    `${where} · ${verdict.rule} · ${verdict.rulesVersion}`,
  ]
  const shown = lines.filter((one) => one !== '').map(printable)
  return `${shown.join('\n  ')}\n\n`
}

/** Lines that say the same stand once, with their number: a messenger test connects to a dozen addresses alike. */
function counted(lines: readonly string[]): readonly string[] {
  const said = Map.groupBy(lines, (one) => one)
  return [...said].map(([one, same]) => (same.length === 1 ? one : `${one} ×${same.length}`))
}
