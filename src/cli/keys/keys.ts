import { randomBytes } from 'node:crypto'
import { DAY_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { formatJoinLink, joinKey, parseJoinLink, type JoinLink } from '../../core/model/people/join-link.ts'
import { formatAsn } from '../../core/model/units.ts'
import { invitationHash } from '../../pipeline/receive/standing/enrol.ts'
import { isKnownKey } from '../../pipeline/receive/known.ts'
import { randomLineage } from '../../pipeline/receive/standing/lineage.ts'
import { dayNumber } from '../../pipeline/receive/standing/standings.ts'
import type { KeyRow, Registry } from '../../store/registry/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import { group, task } from '../terminal/command.ts'
import { flag, optional, wholeNumber, withDefault } from '../terminal/option.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'
import { withFolder } from '../../app/folder/open.ts'
import { qrLines } from '../../core/text/qr.ts'
import { readMirrorKey } from '../../app/proof/mirror-key.ts'
import { printable } from '../../core/text/printable.ts'
import { readBackwards, revokeKey, revokeOfEdges } from './revoke.ts'
import { table } from '../terminal/table.ts'

/** Networks that one code is good for, and for how many days. */
const USES = 5
const DAYS = 90
const MOST_CODES = 100

const dateOf = (day: number): string => (day < 0 ? '–' : new Date(day * DAY_MS).toISOString().slice(0, 10))

/** Standing of a key's next measurement from its own network. */
function standingOf(row: KeyRow, today: number): string {
  if (row.grade === 'revoked') return 'revoked'
  if (row.endsOn !== undefined && today > row.endsOn) return 'succeeded'
  if (row.grade === 'enrolled') return 'enrolled'
  return isKnownKey(row, today) ? 'known' : 'new'
}

function list(registry: Registry, json: boolean, world: World): void {
  const today = dayNumber(systemClock.now())
  const keys = registry.keys()
  if (json) {
    for (const row of keys)
      world.out.write(
        `${JSON.stringify({
          pseudonym: row.pseudonym,
          network: formatAsn(row.asn),
          standing: standingOf(row, today),
          first_day: dateOf(row.bornOn),
          last_day: dateOf(row.seenOn),
          matched_days: row.matchedDays,
        })}\n`,
      )
    return
  }
  const rows = keys.map((row) => [
    row.pseudonym,
    formatAsn(row.asn),
    standingOf(row, today),
    dateOf(row.bornOn),
    dateOf(row.seenOn),
    String(row.matchedDays),
  ])
  const open = registry.invitations().filter(({ usesLeft, expiresOn }) => usesLeft > 0 && expiresOn >= today)
  world.out.write(table([['key', 'network', 'standing', 'first day', 'last day', 'days from there'], ...rows]))
  world.out.write(`${keys.length} keys, ${open.length} open invitations\n`)
}

/** 100 bits in letters that are hard to confuse, in groups to be read aloud. */
function makeCode(): string {
  const letters = '23456789abcdefghjkmnpqrstuvwxyz'
  const out: string[] = []
  // Bytes from 248 on would make some letters more likely.
  while (out.length < 20)
    for (const byte of randomBytes(32)) if (byte < 248 && out.length < 20) out.push(letters[byte % 31]!) // 31 letters
  return [0, 5, 10, 15].map((at) => out.slice(at, at + 5).join('')).join('-')
}

/** How a code is handed over: alone, or in a link to join, as a QR code too. */
interface Handing {
  readonly into?: JoinLink
  readonly qr?: boolean
}

async function invite(
  registry: Registry,
  count: number,
  world: World,
  { into, qr = false }: Handing = {},
): Promise<void> {
  const codes = Array.from({ length: count }, makeCode)
  const expiresOn = dayNumber(systemClock.now()) + DAYS
  registry.transaction(() => {
    for (const code of codes)
      registry.saveInvitation({ hash: invitationHash(code), expiresOn, usesLeft: USES, lineage: randomLineage() })
  })
  await registry.durable()
  for (const invitation of codes) {
    const text = into === undefined ? invitation : formatJoinLink({ ...into, invitation })
    world.out.write(`${text}\n`)
    if (qr) world.out.write(`${qrLines(text).join('\n')}\n`)
  }
  world.err.write(
    `Each code: one key on each of at most ${USES} networks, until ${dateOf(expiresOn)}. It is not shown again\n`,
  )
}

function findKey(registry: Registry, pseudonym: string | undefined): KeyRow {
  const row = pseudonym === undefined ? undefined : registry.key(pseudonym)
  if (row === undefined)
    throw wrong(
      `there is no key "${printable((pseudonym ?? '').slice(0, 40))}"`,
      'a pseudonym that "kuager keys list" shows',
    )
  return row
}

const wrong = (found: string, expected: string): InputError =>
  new InputError(`Cannot use keys: ${found}; expected ${expected}`, { code: 'keys.use', path: 'keys', expected })

const LIST = task({
  about: 'List every recent key: pseudonym, network, standing and days.',
  examples: ['--folder /var/lib/kuager'],
  options: { folder: FOLDER, warehouse: WAREHOUSE, json: json('Print one JSON object per line.') },
  run: ({ folder, json }, call) =>
    withFolder(call.world, { folder, ...call }, async (open) => {
      list(await open.registry(), json, call.world)
      return 0
    }),
})

/** The link that a site shows to everyone, into which codes are put. Throws InputError for a link of another observatory. */
async function generalLink(text: string | undefined, folder: string): Promise<JoinLink | undefined> {
  if (text === undefined) return undefined
  const read = parseJoinLink(text)
  if (read.kind === 'wrong' || read.link.invitation !== undefined)
    throw wrongOption(
      'link',
      'it does not read',
      'the link that the page /join of the site shows, without an invitation',
    )
  const key = await readMirrorKey(folder)
  if (key !== undefined && joinKey(key.verifier.publicKey) === read.link.key) return read.link
  throw wrongOption('link', 'its key is not that of this data folder', 'the link of the site that serves this folder')
}

const INVITE = task({
  about: `
Print invitation codes for volunteers, to give in person. Each code is for one person you trust: it enrols one key on
each of at most 5 networks within 90 days, and these count as one device. A code is shown once: only its hash is
stored.`,
  examples: ['--count 3', '--link "https://kuager.example/join#v1.abc" --qr'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    count: withDefault('N', `Number of codes, at most ${MOST_CODES}.`, '1', wholeNumber(1, MOST_CODES)),
    link: optional(
      'LINK',
      `Print links to join instead, each with a code: LINK is the one without an invitation that the page /join of the
      site shows.`,
    ),
    qr: flag('Also draw each as a QR code for this terminal.'),
  },
  run: ({ folder, count, link, qr }, call) =>
    withFolder(call.world, { folder, ...call }, async (open) => {
      const into = await generalLink(link, open.path)
      await invite(await open.registry(), count, call.world, { qr, ...defined({ into }) })
      return 0
    }),
})

const REVOKE = task({
  about: `
Stop accepting a key and every key linked to it. Linked are the other keys of its invitation, and every key that
followed it. Earlier measurements still count; to exclude them, add --from.`,
  examples: ['3f2a90c1d2e4b5a6 --from 2026-12-01 --reason "The key was stolen."'],
  words: { PSEUDONYM: 'Pseudonym of the key, as "kuager keys list" shows it.' },
  usage: ['PSEUDONYM [--from DAY --reason TEXT] [--invite] [--folder DIR]'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    from: optional(
      'DAY',
      `Also what was received from this day on (YYYY-MM-DD, UTC) counts no longer: it leaves series and counts, and
      incidents are revised. The act becomes an event of custody.`,
    ),
    reason: optional('TEXT', 'Why, for --from. It is published: name no person.'),
    invite: flag(
      `Print a new code for the owner, to be given in person, never over the connection or with the key that was stolen.
      The owner enters it by "kuager probe invite CODE --new-keys".`,
    ),
  },
  async run({ folder, from, reason, invite: again }, call) {
    const { world, words } = call
    const backwards = readBackwards(from, reason)
    return withFolder(world, { folder, ...call }, async (open) => {
      const registry = await open.registry()
      const [pseudonym = ''] = words
      const isOfEdges =
        backwards !== undefined &&
        registry.key(pseudonym) === undefined &&
        (await revokeOfEdges(open, world, { pseudonym, backwards }))
      if (!isOfEdges) await revokeKey(open, world, { row: findKey(registry, pseudonym), backwards })
      if (again) await invite(registry, 1, world)
      return 0
    })
  },
})

export const command = group({
  about: 'List, invite and revoke the keys of senders.',
  commands: { list: async () => LIST, invite: async () => INVITE, revoke: async () => REVOKE },
  notes: `
A volunteer enters a code by "kuager probe invite CODE", and a link by "kuager probe join LINK". What standing means: docs/formats/collector.md`,
})
