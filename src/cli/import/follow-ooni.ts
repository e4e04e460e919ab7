import { setTimeout as delay } from 'node:timers/promises'
import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { instant, parseCountryCode, parseInstant } from '../../core/model/units.ts'
import { follow, followOnce } from '../../pipeline/follow/follow.ts'
import type { FollowOptions } from '../../pipeline/follow/follow.ts'
import { systemClock } from '../../runtime/clock.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { watchCollected } from './collected.ts'
import { task } from '../terminal/command.ts'
import { flag, required, optional, withDefault, type OptionReader } from '../terminal/option.ts'
import { FINGERPRINTS, FOLDER, WAREHOUSE } from '../terminal/shared-options.ts'
import { withFolder } from '../../app/folder/open.ts'
import { tallySentence } from './import-lines.ts'
import { withImportStores } from '../../app/folder/import-stores.ts'

const BUCKET = 'https://ooni-data-eu-fra.s3.eu-central-1.amazonaws.com'

const bucketUrl: OptionReader<string> = (text, { name }) => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw wrongOption(name, `found "${printable(text)}"`, 'an http or https URL')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

export const command = task({
  about: `
Fetch OONI's public measurements of a country as they appear. New measurements are judged by our rules and stored with
their source. A later run continues where it stopped. An hour is listed until it is two hours old and again a day
later. Incomplete files are retried in every pass for a month.`,
  examples: ['--country KZ --folder /var/lib/kuager'],
  options: {
    country: required('CC', 'Country: two letters of ISO 3166.', 'two letters, such as KZ', parseCountryCode),
    since: optional('DATE', 'Where to begin the first time, UTC; later runs continue from their state.', {
      read: parseInstant,
      byDefault: '24 hours ago',
    }),
    once: flag('End after one pass. Without it: a pass every 15 minutes.'),
    folder: { ...FOLDER, about: 'Data folder; it is made if it does not exist.' },
    warehouse: WAREHOUSE,
    fingerprints: FINGERPRINTS,
    bucket: withDefault('URL', 'Bucket with the layout of OONI’s, such as a mirror of it.', BUCKET, bucketUrl),
  },
  exit: {
    0: 'with --once: everything is imported',
    3: 'with --once: something is left for the next pass, or was rejected',
  },
  async run({ country, since, once, folder: path, fingerprints, bucket }, call) {
    const { world } = call
    const options: FollowOptions = {
      url: bucket,
      country,
      since: since ?? instant(systemClock.now() - DAY_MS),
      signal: world.signal,
      wait: (pause, signal) => delay(pause, undefined, { signal }),
      onLine: (line) => void world.err.write(`${line}\n`),
    }
    const files = fingerprintFiles(fingerprints, world)
    return withFolder(world, { folder: path, ...call }, async (folder) => {
      await using collected = await watchCollected(folder, 'bucket')
      const wait: FollowOptions['wait'] = async (pause, signal) => {
        await collected.note()
        await options.wait(pause, signal)
      }
      const result = await withImportStores(world, folder, { fingerprintFiles: files }, (stores) =>
        once ? followOnce(stores, { ...options, wait }) : follow(stores, { ...options, wait }),
      )
      world.out.write(
        `${result.files} files; ${tallySentence(result.tally)}; ${result.pending} left for the next pass\n`,
      )
      return result.pending + result.tally.rejected > 0 ? 3 : 0
    })
  },
})
