// How long a submission takes to the page: through the socket of a served folder, archive, judging, detection, journal.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS } from '../src/core/model/duration.ts'
import { sliceEvening } from '../test/kit/evening/evening-slices.ts'
import { serveFolderAt, type ServedFolder } from '../test/kit/servers/served-folder.ts'
import type { Bench } from './run.ts'

/** What the project promises, seconds. */
const TARGET_S = 60
/** So much of the evening raises the alarm on every network; a network where it does not is reported, not left out. */
const EVENING_MINUTES = 43
const GIVE_UP_S = 300

interface Sample {
  /** Seconds from the first byte handed in to the answer that all is on disk. */
  readonly answered: number
  /** Seconds from the first byte handed in to the incident on the page. */
  readonly shown: number
}

const at = (samples: readonly number[], share: number): number => {
  const sorted = samples.toSorted((a, b) => a - b)
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 10) / 10
}

/** Whether the page of incidents shows one of YouTube on a network. */
async function isShown({ url }: ServedFolder, asn: number): Promise<boolean> {
  const page = await (await fetch(new URL(`kk/incidents?service=youtube&network=AS${asn}`, url))).text()
  return page.includes(`/kk/i/youtube-as${asn}-`)
}

async function untilShown(served: ServedFolder, asn: number): Promise<void> {
  const begun = performance.now()
  while (!(await isShown(served, asn))) {
    if (performance.now() - begun > GIVE_UP_S * 1000) throw new Error(`No incident on AS${asn} after ${GIVE_UP_S} s`)
    await pause(100)
  }
}

/**
 * One network after another submits its evening into a folder that holds the day before it; each right after the one
 * before was shown, so that everyone waits as long as the pace of the server makes anybody wait.
 */
async function measure(folder: string, networks: number): Promise<readonly Sample[]> {
  const evening = sliceEvening(Date.now(), {
    networks,
    probesPerNetwork: 4,
    services: ['youtube', 'facebook', 'wikipedia'],
  })
  await using served = await serveFolderAt(join(folder, 'data'), folder)
  const file = join(folder, 'slice.jsonl')
  await writeFile(file, evening.between(evening.since, evening.start))
  await served.kuager('import', file)
  await served.kuager('detect')
  const samples: Sample[] = []
  for (const asn of evening.asns) {
    if (await isShown(served, asn)) throw new Error(`An incident on AS${asn} before its evening`)
    await writeFile(file, evening.between(evening.start, evening.start + EVENING_MINUTES * MINUTE_MS, asn))
    const begun = performance.now()
    await served.kuager('import', file)
    const answered = performance.now()
    await untilShown(served, asn)
    samples.push({ answered: (answered - begun) / 1000, shown: (performance.now() - begun) / 1000 })
  }
  return samples
}

export const bench: Bench = {
  summary: 'seconds from a submission to the incident on the page of a served folder',
  async run({ quick }) {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-live-'))
    try {
      const samples = await measure(folder, quick ? 3 : 11)
      const shown = samples.map((one) => one.shown)
      const answered = samples.map((one) => one.answered)
      const json = {
        submissions: samples.length,
        answered_s_median: at(answered, 0.5),
        shown_s_median: at(shown, 0.5),
        shown_s_worst: at(shown, 1),
      }
      return {
        table: [
          { figure: 'submissions, each an evening of one network', value: samples.length },
          { figure: 'answered: archived and judged, s, median', value: json.answered_s_median },
          { figure: 'on the page, s, median', value: json.shown_s_median },
          {
            figure: 'on the page, s, worst',
            value: json.shown_s_worst,
            target: `under ${TARGET_S}`,
            met: json.shown_s_worst < TARGET_S,
          },
        ],
        json,
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
