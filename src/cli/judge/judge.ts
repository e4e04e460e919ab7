import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
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
import { DEFAULT_LANG, isLang, LANGS, type Lang } from '../../core/text/lang.ts'
import { say } from '../../core/text/format.ts'
import { groundSentence, layerSentence, missingSentence, verdictSentence } from '../../core/text/sentence/verdict.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import type { Command } from '../terminal/command.ts'
import { printable } from '../../core/text/printable.ts'

const help = `Usage: kuager judge FILE… [--lang kk|ru|en] [--json] [--fingerprints FILE]… [--networks FILE]…

Judges measurements in OONI's format without storing anything. FILE is a file, a folder or a URL:
JSON, JSONL, gzip, zstd and tar in any nesting, told apart by content. For a person: one sentence a
measurement, then its grounds.

  --lang LANG          kk, ru or en (default: KUAGER_LANG, else ${DEFAULT_LANG})
  --json               one JSON object a line; what cannot be read goes to standard error
  --fingerprints FILE  block-page fingerprints in the form of OONI's blocking-fingerprints (CSV)
                       (default: those KUAGER_FINGERPRINTS lists)
  --networks FILE      names of networks, CSV "start,end,asn,name" or JSON

Exit code: 0 everything was judged or set aside, 3 something could not be read, 2 wrong use, 1 it
broke.
`

export const command: Command = {
  help,
  run: runJudge,
}

interface Show {
  readonly world: World
  readonly lang: Lang
  readonly json: boolean
  readonly tools: JudgeTools
  readonly networks: Networks
}

async function runJudge(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      lang: { type: 'string' },
      json: { type: 'boolean', default: false },
      fingerprints: { type: 'string', multiple: true, default: [] },
      networks: { type: 'string', multiple: true, default: [] },
    },
  })
  if (positionals.length === 0)
    throw new InputError('Cannot judge: no file was named; "kuager judge --help" says how', {
      code: 'argument.missing',
      path: 'FILE',
      expected: 'a file, a folder or a URL',
    })
  const absolute = (file: string): string => resolve(world.cwd, file)
  const show: Show = {
    world,
    lang: parseLang(values.lang ?? world.env['KUAGER_LANG'] ?? DEFAULT_LANG),
    json: values.json,
    tools: {
      tables: loadTables({ fingerprintFiles: fingerprintFiles(values.fingerprints, world) }),
      certificates: openCertificates(),
    },
    networks: loadNetworks(values.networks.map(absolute)),
  }
  let unread = 0
  for (const named of positionals) {
    const isUrl = /^https?:\/\//i.test(named)
    const path = isUrl ? named : absolute(named)
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

function parseLang(text: string): Lang {
  if (isLang(text)) return text
  throw new InputError(`Cannot speak "${text}": the languages are ${LANGS.join(', ')}`, {
    code: 'lang.unknown',
    path: '--lang',
    expected: LANGS.join(', '),
  })
}

/** One line of `--json`: docs/formats/verdict.md. */
const line = (position: Position, { id, head, service, verdict }: JudgedBytes): Record<string, unknown> => ({
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
})

function paragraph(show: Show, position: Position, judged: JudgedBytes): string {
  const { lang, networks, tools } = show
  const { head, verdict, service } = judged
  const known = tools.tables.services.find((one) => one.id === service)
  const network = networks.network(head.probeAsn)?.name ?? head.probeNetworkName
  const sentence = verdictSentence(lang, {
    serviceName: known?.name ?? service.replace(/^(web|test):/, ''),
    asn: head.probeAsn,
    ...(network === undefined ? {} : { networkName: network }),
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
