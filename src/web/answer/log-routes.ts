import type { Context, Hono } from 'hono'
import { formatVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { parseTilePath, TILE_WIDTH, type Tile } from '../../core/evidence/log/tile.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import { logUrls } from '../log-urls.ts'

/** What the site serves of a log. */
export interface ServedLog {
  /** Folder of the files that are served unchanged. */
  readonly folder: string
  /** The disk of that folder; absent: the system's. */
  readonly disk?: Disk
  readonly keys: readonly { readonly key: VerifierKey }[]
  /** The policy of witnesses, without addresses: keys of the log, keys of witnesses, quorum. */
  policy?(): Promise<string>
  /** Bytes of a logged entry that is not a measurement and is public; undefined of any other leaf. */
  entry?(leaf: number): Promise<Uint8Array | undefined>
  /** Leaf of a revision of an incident: a hint for programs, which check what they find there. */
  revisionLeaf?(incident: string, revision: number): Promise<number | undefined>
  latest(): Promise<{ readonly size: number; readonly bytes: Uint8Array } | undefined>
  /** Asked for leaves that the latest checkpoint holds. */
  prove(leaves: readonly number[]): Promise<readonly { readonly leaf: Uint8Array; readonly proof: string }[]>
}

/** A file that never changes under its address. */
const FOR_EVER = 'public, max-age=31536000, immutable'
/** What is new every few seconds. */
const SECONDS = 'public, max-age=5'
/** When to ask again for what no checkpoint holds yet. */
const RETRY_S = '5'
const TEXT = 'text/plain; charset=utf-8'
const BYTES = 'application/octet-stream'

/**
 * Serves the log: checkpoint and tiles of C2SP tlog-tiles, keys, and for each leaf its record and the proof of it
 * (docs/formats/log.md, "Served"). Anyone may read it from any page. `open` gives undefined where there is no log.
 */
export function addLogRoutes(site: Hono, open: () => Promise<ServedLog | undefined>): void {
  site.get(logUrls.logCheckpoint(), async (c) => {
    const latest = await (await open())?.latest()
    if (latest === undefined) return none(c, 'No checkpoint yet', { later: true })
    return answer(c, latest.bytes, { type: TEXT, cache: SECONDS })
  })
  site.get(logUrls.logKeys(), async (c) => {
    const keys = (await open())?.keys ?? []
    if (keys.length === 0) return none(c, 'No log yet', { later: true })
    const text = keys.map(({ key }) => `${formatVerifierKey(key)}\n`).join('')
    return answer(c, new TextEncoder().encode(text), { type: TEXT, cache: SECONDS })
  })
  site.get(logUrls.logPolicy(), async (c) => {
    const policy = await (await open())?.policy?.()
    if (policy === undefined) return none(c, 'No log yet', { later: true })
    return answer(c, new TextEncoder().encode(policy), { type: TEXT, cache: SECONDS })
  })
  site.get('/log/tile/*', async (c) => {
    const path = c.req.path.slice('/log/'.length)
    const tile = parseTilePath(path)
    const log = tile === undefined ? undefined : await open()
    const size = (await log?.latest())?.size ?? 0
    if (tile === undefined || log === undefined || !isIn(tile, size)) return none(c, 'No checkpoint needs this tile')
    // A path that parses consists only of digits, slashes and the letters of tiles: it leads nowhere else.
    const bytes = await readWhole(`${log.folder}/${path}`, log.disk)
    return bytes === undefined
      ? none(c, 'This tile is full by now')
      : answer(c, bytes, { type: BYTES, cache: FOR_EVER })
  })
  site.get(logUrls.logProof(':leaf'), async (c) => {
    const leaf = leafOf(c)
    const proven = await proofOf(leaf, await open())
    if (proven === undefined) return none(c, 'No checkpoint holds this leaf yet', { later: leaf !== undefined })
    c.header('content-disposition', `attachment; filename="${leaf}.tlog-proof"`)
    return answer(c, new TextEncoder().encode(proven.proof), { type: TEXT, cache: SECONDS })
  })
  site.get(logUrls.logLeaf(':leaf'), async (c) => {
    const leaf = leafOf(c)
    const proven = await proofOf(leaf, await open())
    if (proven === undefined) return none(c, 'No checkpoint holds this leaf yet', { later: leaf !== undefined })
    return answer(c, proven.leaf, { type: 'application/json', cache: FOR_EVER })
  })
  site.get(logUrls.logEntry(':leaf'), async (c) => {
    const leaf = leafOf(c)
    const log = await open()
    const isHeld = leaf !== undefined && leaf < ((await log?.latest())?.size ?? 0)
    const bytes = isHeld ? await log?.entry?.(leaf) : undefined
    return bytes === undefined
      ? none(c, 'No entry that is public is at this place')
      : answer(c, bytes, { type: 'application/json', cache: FOR_EVER })
  })
  site.get(logUrls.logRevision(':incident', ':revision'), async (c) => {
    const [incident, revision] = [c.req.param('incident') ?? '', c.req.param('revision') ?? '']
    const asked = /^[1-9]\d{0,8}$/.test(revision) && incident.length <= MOST_ID
    const leaf = asked ? await (await open())?.revisionLeaf?.(incident, Number(revision)) : undefined
    if (leaf === undefined) return none(c, 'No such revision is logged')
    return answer(c, new TextEncoder().encode(`${leaf}\n`), { type: TEXT, cache: SECONDS })
  })
}

/** Longest id of an incident. */
const MOST_ID = 250

/** Whether a tree of so many leaves, or one that it grew from, has a tile. Entries stand as at level 0. */
function isIn({ level, index, width }: Tile, size: number): boolean {
  const unit = TILE_WIDTH ** (level === 'entries' ? 0 : level)
  return index * TILE_WIDTH + width <= Math.floor(size / unit)
}

function leafOf(c: Context): number | undefined {
  const text = c.req.param('leaf') ?? ''
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined
}

async function proofOf(
  leaf: number | undefined,
  log: ServedLog | undefined,
): Promise<{ readonly leaf: Uint8Array; readonly proof: string } | undefined> {
  const size = (await log?.latest())?.size ?? 0
  return leaf === undefined || leaf >= size ? undefined : (await log?.prove([leaf]))?.[0]
}

function answer(
  c: Context,
  bytes: Uint8Array,
  { type, cache }: { readonly type: string; readonly cache: string },
): Response {
  toAnybody(c)
  return c.body(Uint8Array.from(bytes), 200, { 'content-type': type, 'cache-control': cache })
}

function none(c: Context, why: string, { later = false }: { readonly later?: boolean } = {}): Response {
  toAnybody(c)
  if (later) c.header('retry-after', RETRY_S)
  return c.body(`${why}\n`, 404, { 'content-type': TEXT, 'cache-control': 'no-store' })
}

/** A log is there to be read by programs of third parties, those in a page of another site among them. */
function toAnybody(c: Context): void {
  c.header('access-control-allow-origin', '*')
  c.header('cross-origin-resource-policy', 'cross-origin')
}
