import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DAY_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, parseCountryCode, parseInstant } from '../../core/model/units.ts'
import { follow, followOnce } from '../../pipeline/follow/follow.ts'
import type { FollowOptions } from '../../pipeline/follow/follow.ts'
import { systemClock } from '../../runtime/clock.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { watchCollected } from './collected.ts'
import type { Command } from '../terminal/command.ts'
import { defaultFolder, withFolder } from '../../app/folder/open.ts'
import { tallySentence } from './import-lines.ts'
import { withImportStores } from '../../app/folder/import-stores.ts'

const BUCKET = 'https://ooni-data-eu-fra.s3.eu-central-1.amazonaws.com'

const help = `Usage: kuager follow ooni --country KZ [--since DATE] [--once] [--folder DIR] [--fingerprints FILE]…
                          [--bucket URL]

Keeps up with OONI's public bucket: lists every hour of a country, fetches what is new, judges it by
our rules and stores it with its source. Goes on where it stopped. An hour is listed until it is two
hours old and once more a day later; files that were cut short or could not be fetched are tried
again in every pass, for a month.

  --country CC         two letters of ISO 3166
  --since DATE         where to begin the first time, UTC (default: 24 hours ago); later runs go on
                       from their state
  --once               one pass, then end; otherwise a pass every 15 minutes
  --folder DIR         data folder; made where it is missing (default: KUAGER_FOLDER, else
                       kuager-data)
  --fingerprints FILE  block-page fingerprints in the form of OONI's blocking-fingerprints (CSV)
                       (default: those KUAGER_FINGERPRINTS lists)
  --bucket URL         another bucket with the same layout, such as a mirror

Exit code with --once: 0 all is here, 3 something is left for the next pass or was rejected, 1 it
broke.
`

export const command: Command = {
  help,
  run: runFollow,
}

async function runFollow(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      country: { type: 'string' },
      since: { type: 'string' },
      once: { type: 'boolean', default: false },
      folder: { type: 'string' },
      fingerprints: { type: 'string', multiple: true, default: [] },
      bucket: { type: 'string', default: BUCKET },
    },
  })
  if (positionals.length !== 1 || positionals[0] !== 'ooni') throw wrong('source', positionals.join(' '), 'ooni')
  if (values.country === undefined) throw wrong('country', 'nothing', '--country and two letters')
  const url = URL.parse(values.bucket)
  if (url === null || !/^https?:$/.test(url.protocol)) throw wrong('bucket', values.bucket, 'an http or https URL')
  const options: FollowOptions = {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    country: parseCountryCode(values.country),
    since: values.since === undefined ? instant(systemClock.now() - DAY_MS) : parseInstant(values.since),
    signal: world.signal,
    wait: (pause, signal) => delay(pause, undefined, { signal }),
    onLine: (line) => void world.err.write(`${line}\n`),
  }
  const files = fingerprintFiles(values.fingerprints, world)
  const task = { folder: values.folder ?? defaultFolder(world), name: 'follow', args }
  return withFolder(world, task, async (folder) => {
    await using collected = await watchCollected(folder, 'bucket')
    const wait: FollowOptions['wait'] = async (pause, signal) => {
      await collected.note()
      await options.wait(pause, signal)
    }
    const result = await withImportStores(world, folder, { fingerprintFiles: files }, (stores) =>
      values.once ? followOnce(stores, { ...options, wait }) : follow(stores, { ...options, wait }),
    )
    world.out.write(`${result.files} files; ${tallySentence(result.tally)}; ${result.pending} left for the next pass\n`)
    return result.pending + result.tally.rejected > 0 ? 3 : 0
  })
}

const wrong = (path: string, found: string, expected: string): InputError =>
  new InputError(`Cannot follow: ${path} is ${JSON.stringify(found)}, expected ${expected}`, {
    code: 'follow.usage',
    path,
    expected,
  })
