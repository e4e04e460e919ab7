import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { DAY_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { formatAsn } from '../../core/model/units.ts'
import { invitationHash } from '../../pipeline/receive/standing/enrol.ts'
import { isKnown } from '../../pipeline/receive/known.ts'
import { randomLineage } from '../../pipeline/receive/standing/lineage.ts'
import { dayOf } from '../../pipeline/receive/standing/standings.ts'
import type { KeyRow, Registry } from '../../store/registry/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { defaultFolder, withFolder } from '../../app/folder/open.ts'
import { printable } from '../../core/text/printable.ts'
import { readBackwards, revokeKey } from './revoke.ts'
import { table } from '../terminal/table.ts'

/** Networks that one code is good for, and for how many days. */
const USES = 5
const DAYS = 90
const MOST_CODES = 100

const HELP = `Keys of those who submit measurements, and invitations for them.

Usage: kuager keys list [--json] [--folder DIR]
       kuager keys invite [--count N] [--folder DIR]
       kuager keys revoke PSEUDONYM [--from DAY --reason TEXT] [--invite] [--folder DIR]

  list        every key seen in the last months: pseudonym, network, standing, days
  invite      prints codes to give to people you trust, in person. Each is for one person: it enrols
              one key on each of at most ${USES} networks within ${DAYS} days, and these count as one
              device. A code is shown once: only its hash is kept
  revoke      a key counts no longer, with its whole lineage: the other keys of its invitation, all
              successors, and what a thief made of it. What it sent before stays as it was
  --from DAY  also what was received from this day on (YYYY-MM-DD, UTC) counts no longer: it leaves
              series and counts, and incidents are revised. The act becomes an event of custody
  --reason TEXT
              why, for --from: it is published; name no person
  --invite    prints a new code for the owner, to be given in person, never by the connection or the
              key that was stolen. The owner enters it by "kuager probe invite CODE --new-keys"
  --count N   number of codes (default 1, at most ${MOST_CODES})

A volunteer enters a code by "kuager probe invite CODE". What standing means:
docs/formats/collector.md
`

const dateOf = (day: number): string => (day < 0 ? '–' : new Date(day * DAY_MS).toISOString().slice(0, 10))

/** Standing of a key's next measurement from its own network. */
function standingOf(row: KeyRow, today: number): string {
  if (row.grade === 'revoked') return 'revoked'
  if (row.endsOn !== undefined && today > row.endsOn) return 'succeeded'
  if (row.grade === 'enrolled') return 'enrolled'
  return isKnown(row, today) ? 'known' : 'new'
}

function list(registry: Registry, json: boolean, world: World): void {
  const today = dayOf(systemClock.now())
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
  // Bytes from 248 on would make some letters likelier.
  while (out.length < 20)
    for (const byte of randomBytes(32)) if (byte < 248 && out.length < 20) out.push(letters[byte % 31]!) // 31 letters
  return [0, 5, 10, 15].map((at) => out.slice(at, at + 5).join('')).join('-')
}

function invite(registry: Registry, count: number, world: World): void {
  const codes = Array.from({ length: count }, makeCode)
  const expiresOn = dayOf(systemClock.now()) + DAYS
  registry.transaction(() => {
    for (const code of codes)
      registry.saveInvitation({ hash: invitationHash(code), expiresOn, usesLeft: USES, lineage: randomLineage() })
  })
  for (const code of codes) world.out.write(`${code}\n`)
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

async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
      count: { type: 'string', default: '1' },
      from: { type: 'string' },
      reason: { type: 'string' },
      invite: { type: 'boolean', default: false },
    },
  })
  const [act, ...rest] = positionals
  const count = /^\d{1,3}$/.test(values.count) ? Number(values.count) : 0
  if (count < 1 || count > MOST_CODES)
    throw wrongOption('count', `found "${printable(values.count)}"`, `a number from 1 to ${MOST_CODES}`)
  if (act !== 'list' && act !== 'invite' && act !== 'revoke') throw wrong('no such act', 'list, invite or revoke')
  if (rest.length !== (act === 'revoke' ? 1 : 0)) throw wrong(`${rest.length} more words`, `"kuager keys --help"`)
  const backwards = readBackwards(values.from, values.reason)
  if (act !== 'revoke' && (backwards !== undefined || values.invite))
    throw wrong('--from, --reason or --invite without revoke', '"kuager keys --help"')
  const folder = values.folder ?? defaultFolder(world)
  return withFolder(world, { folder, name: 'keys', args }, async (open) => {
    const registry = open.registry()
    if (act === 'list') list(registry, values.json, world)
    else if (act === 'invite') invite(registry, count, world)
    else {
      await revokeKey(open, world, { row: findKey(registry, rest[0]), backwards })
      if (values.invite) invite(registry, 1, world)
    }
    return 0
  })
}

export const command: Command = { help: HELP, run }
