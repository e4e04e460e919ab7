import { join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import { LANGS } from '../../core/text/lang.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

const texts = z.array(z.string().max(2000)).max(32)
const path = z.string().max(4096)

const schema = z.strictObject({
  /** Addresses of collectors and of test helpers abroad, the preferred first. */
  collector: texts.optional(),
  control: texts.optional(),
  /** The observatory that was joined by a link, and its key (docs/formats/join-link.md). */
  joined: z.strictObject({ observatory: z.string().max(300), key: z.string().max(100) }).optional(),
  /** Routes to the collectors, in order: `direct`, `tor`, `http://…`, `socks5://…`. */
  route: texts.optional(),
  serviceList: path.optional(),
  controls: path.optional(),
  list: z.array(path).max(16).optional(),
  responders: path.optional(),
  extraRoots: path.optional(),
  /** Network and country if no server outside can name them. */
  asn: z.string().max(12).optional(),
  country: z.string().max(2).optional(),
  /** Bytes a month for the schedule, in millions; `metered` stands for 200. */
  allowanceMb: z.number().positive().max(1_000_000).optional(),
  metered: z.boolean().optional(),
  /** Keep documents as they were before anything was erased, sealed to this public key of age where one is given. */
  keepCopies: z.boolean().optional(),
  copiesKey: z.string().max(4000).optional(),
  lang: z.enum(LANGS).optional(),
  /** Whether the daemon looks for a newer version once a day and installs it. */
  autoUpdate: z.boolean().optional(),
  /** Settings that versions after this one add: kept unread, so that a probe that goes back to this one can read the rest. */
  later: z.record(z.string(), z.unknown()).optional(),
})

/** What the owner of a probe chose, as kept in `config.json` of its folder. Paths are absolute. */
export type ProbeSettings = Readonly<z.infer<typeof schema>>

const FILE = 'config.json'

/** The settings kept in a probe's folder; none where there is no file. Throws InputError where it cannot be read. */
export async function loadSettings(probeFolder: string): Promise<ProbeSettings> {
  const bytes = await readWhole(join(probeFolder, FILE))
  if (bytes === undefined) return {}
  let json: unknown
  try {
    json = JSON.parse(bytes.toString())
  } catch {
    throw unreadable('the file', 'JSON')
  }
  const read = schema.safeParse(json)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw unreadable(`"${issue?.path.join('/') ?? ''}"`, issue?.message ?? 'the form of docs/operating/probe.md')
}

/** Keeps the settings; they contain addresses and proxies, so only the owner can read the file. */
export async function saveSettings(probeFolder: string, settings: ProbeSettings): Promise<void> {
  await REAL_DISK.makeFolder(probeFolder)
  await writeDurable(join(probeFolder, FILE), Buffer.from(`${JSON.stringify(settings, null, 2)}\n`))
}

const unreadable = (place: string, expected: string): InputError =>
  new InputError(`Cannot read the settings of the probe (${FILE}): ${place} is wrong`, {
    code: 'settings.invalid',
    path: FILE,
    expected,
  })
